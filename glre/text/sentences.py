"""Sentences of a text, by sentencex (docs/sentence_splitting.md says why)."""

import re
from collections.abc import Iterable
from itertools import pairwise

import sentencex

from glre.text.words import Span

_WIDE_SPACE = re.compile(r"[^\S\x00-\x7f]")
"""White space beyond ASCII: between an initial and its full stop, it makes sentencex panic."""


def sentence_spans(text: str, within: Span, mentions: Iterable[Span]) -> list[Span]:
    """The sentences inside `within`, in order, without white space around them; a break inside a mention is undone."""
    part = _WIDE_SPACE.sub(" ", text[within.start : within.end])
    breaks = [within.start + boundary["end_index"] for boundary in sentencex.get_sentence_boundaries("en", part)][:-1]
    kept = _outside_mentions(breaks, mentions)
    edges = [within.start, *kept, within.end]
    sentences = (_trimmed(text, Span(start, end)) for start, end in pairwise(edges))
    return [sentence for sentence in sentences if sentence.start < sentence.end]


def _outside_mentions(breaks: list[int], mentions: Iterable[Span]) -> list[int]:
    ordered = sorted(mentions)
    kept, reached, following = [], -1, 0
    for offset in breaks:
        while following < len(ordered) and ordered[following].start < offset:
            reached = max(reached, ordered[following].end)
            following += 1
        if reached <= offset:
            kept.append(offset)
    return kept


def _trimmed(text: str, span: Span) -> Span:
    part = text[span.start : span.end]
    start = span.start + len(part) - len(part.lstrip())
    return Span(start, max(start, span.start + len(part.rstrip())))
