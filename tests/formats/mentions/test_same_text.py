import pytest

from glre.formats.mentions.same_text import is_same_text, stands_within


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("TNF-a", "TNF-α", True),
        ("TNF alpha", "TNF-Α", True),
        ("IL-1β", "IL-1-beta", True),
        ("Behçet", "BEHCET", True),
        ("ﬁbrosis", "fibrosis", True),
        ("IL-1α", "IL-1β", False),
        ("IL-1", "IL-2", False),
        ("palsy", "pals", False),
        ("-", "+", False),
        ("", "", False),
    ],
)
def test_what_is_the_same(one: str, other: str, same: bool) -> None:
    assert is_same_text(one, other) == is_same_text(other, one) == same


def test_a_part_of_another() -> None:
    assert stands_within("Hand", "hand palsy")
    assert not stands_within("-", "hand-palsy")
    assert not stands_within("foot", "hand palsy")
