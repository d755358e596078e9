import pytest
from hypothesis import given
from hypothesis import strategies as st

from glre.formats.mentions.offsets import characters_of, width
from glre.formats.reading import OffsetUnit

CODECS = {OffsetUnit.CHARACTERS: ("utf-32-le", 4), OffsetUnit.BYTES: ("utf-8", 1), OffsetUnit.UTF16: ("utf-16-le", 2)}


@pytest.mark.parametrize("unit", OffsetUnit)
@given(text=st.text("aβ😀\u0301中"))
def test_as_the_encoding_counts(unit: OffsetUnit, text: str) -> None:
    codec, size = CODECS[unit]
    before = [len(text[:place].encode(codec)) // size for place in range(len(text) + 1)]
    to_character = characters_of(text, unit)
    assert width(text, unit) == before[-1]
    for offset in range(before[-1] + 1):
        assert to_character(offset) == (before.index(offset) if offset in before else None)
    assert to_character(before[-1] + 3) == len(text) + 3
