import pytest

from glre.counted import counted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 pairs"), (1, "1 pair"), (2, "2 pairs"), (1200, "1,200 pairs"), (21, "21 pairs")]
)
def test_one_is_one_and_others_are_many(number: int, said: str) -> None:
    assert counted(number, "pair") == said


def test_a_plural_of_its_own() -> None:
    assert [counted(number, "entity", "entities") for number in (0, 1, 2)] == ["0 entities", "1 entity", "2 entities"]
