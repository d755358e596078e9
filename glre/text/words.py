"""Words of a text with their character offsets."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+|\S")
"""A run of letters and digits, each with its combining accents, or any other single character but white space."""


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) of a text."""

    start: int
    end: int


def word_spans(text: str, within: Span, cuts: Sequence[int]) -> list[Span]:
    """The words inside `within`, in order, none of them running across one of the offsets `cuts` (sorted).

    Words never contain white space, and every other character belongs to exactly one word.
    """
    words: list[Span] = []
    for match in _WORD.finditer(text, within.start, within.end):
        first, last = match.span()
        inner = cuts[bisect_right(cuts, first) : bisect_left(cuts, last)]
        edges = [first, *inner, last]
        words.extend(Span(start, end) for start, end in pairwise(edges))
    return words
