"""A mention and the passages of its text."""

from bisect import bisect_right
from collections.abc import Sequence

from glre.documents.annotated_text import Passage
from glre.errors import InputError
from glre.text.words import Span


def inside_one(place: str, span: Span, text: str, passages: Sequence[Passage]) -> None:
    """InputError, naming `place`, unless one of the passages of `text` holds the mention, white space apart."""
    marked = text[span.start : span.end]
    start = span.start + len(marked) - len(marked.lstrip())
    end = span.start + len(marked.rstrip())
    number = bisect_right(passages, start, key=lambda passage: passage.start) - 1
    if number < 0 or end > passages[number].end:
        found = "a mention that runs from one passage, such as the title, into the next"
        raise InputError(place, found, "a mention inside one of them")
