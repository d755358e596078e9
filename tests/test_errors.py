import pytest

from glre.errors import expectation


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Input should be a valid list", "a valid list"),
        ("List should have at least 1 item after validation, not 0", "at least 1 item"),
        ("String should match pattern '^[0-9a-f]{64}$'", "text of the pattern '^[0-9a-f]{64}$'"),
        ("Value error, a start below the end", "a start below the end"),
    ],
)
def test_what_pydantic_wants_reads_on_after_expected(message: str, expected: str) -> None:
    assert expectation(message) == expected
