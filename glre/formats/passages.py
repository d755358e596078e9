"""A mention and the passages of its text."""

from bisect import bisect_right
from collections.abc import Sequence

from glre.documents.annotated_text import Passage
from glre.errors import InputError
from glre.text.mention_span import mention_span
from glre.text.words import Span


def span_in_passage(place: str, start: int, end: int, marked: str, text: str, passages: Sequence[Passage]) -> Span:
    """Characters `start` to `end` of `text`.

    InputError names `place` unless they are the mention `marked`, and one of the passages holds it, white space apart.
    """
    span = mention_span(place, start, end, marked, text)
    first = start + len(marked) - len(marked.lstrip())
    number = bisect_right(passages, first, key=lambda passage: passage.start) - 1
    if number < 0 or start + len(marked.rstrip()) > passages[number].end:
        found = "a mention that runs from one passage, such as the title, into the next"
        raise InputError(place, found, "a mention inside one of them")
    return span
