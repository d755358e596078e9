"""Offsets that count bytes or UTF-16 code units, as characters."""

from bisect import bisect_left
from collections.abc import Callable
from itertools import accumulate

from glre.formats.reading import OffsetUnit


def width(text: str, unit: OffsetUnit) -> int:
    """The length of the text in this unit."""
    match unit:
        case OffsetUnit.CHARACTERS:
            return len(text)
        case OffsetUnit.BYTES:
            return len(text.encode("utf-8", "surrogatepass"))
        case OffsetUnit.UTF16:
            return len(text.encode("utf-16-le", "surrogatepass")) // 2


def characters_of(text: str, unit: OffsetUnit) -> Callable[[int], int | None]:
    """From an offset into `text` in this unit to the same in characters; None inside of a character."""
    if unit is OffsetUnit.CHARACTERS or text.isascii():
        return lambda offset: offset
    starts = [0, *accumulate(width(character, unit) for character in text)]

    def character(offset: int) -> int | None:
        if offset > starts[-1]:
            return len(text) + offset - starts[-1]
        place = bisect_left(starts, offset)
        return place if starts[place] == offset else None

    return character
