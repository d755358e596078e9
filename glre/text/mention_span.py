"""Where a mention stands in a text, checked."""

from glre.counted import counted
from glre.errors import InputError
from glre.text.words import Span

_SHOWN = 100


def mention_span(place: str, start: int, end: int, marked: str, text: str) -> Span:
    """Characters `start` to `end` of `text`; InputError names `place` unless they are the mention `marked`."""
    if start >= end:
        raise InputError(place, f"a mention from {start} to {end}", "a start below the end")
    if start < 0 or end > len(text):
        found = f"a mention from {start} to {end}"
        raise InputError(place, found, f"offsets inside the text, which has {counted(len(text), 'character')}")
    if text[start:end] != marked:
        there = text[start:end]
        found = f"the mention {marked[:_SHOWN]!r} where the text has {there[:_SHOWN]!r}"
        raise InputError(place, found, "the same text in both")
    if not marked.strip():
        raise InputError(place, "a mention of white space", "a mention with words")
    return Span(start, end)
