"""How the passages of a BioC document may lie in its text."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

from pydantic import Field

from glre.documents.annotated_text import Passage, laid_out
from glre.errors import InputError
from glre.formats.bioc.annotations import ListedAnnotation
from glre.formats.mentions.offsets import characters_of, width
from glre.formats.mentions.placing import Attempt, Layout, Marked
from glre.formats.reading import OffsetUnit

Offset = Annotated[int, Field(ge=0, lt=2**31)]

LONGEST_GAP = 1_000_000
"""Characters that the passages of a document may leave out in all; they become spaces."""
_FOLLOWING = {1: "passages follow one another", 0: "passages follow one another with nothing between"}


@dataclass(frozen=True, slots=True)
class Laid:
    """A passage, or a sentence of one, where its source says that it lies; None where it doesn't say."""

    offset: int | None
    text: str
    heading: bool = False


Offsets = Callable[[OffsetUnit], Sequence[int | None]]


def joined(sentences: Sequence[Laid], unit: OffsetUnit, heading: bool, place: str) -> Laid:
    """The passage that sentences make."""
    own = _in_order(sentences, [sentence.offset for sentence in sentences], unit, "sentence", place)
    if not own:
        return Laid(sentences[0].offset, "")
    first = next(sentence.offset for sentence in sentences if sentence.text)
    return Laid(first, laid_out(own)[own[0].start :], heading)


def layouts(laid: Sequence[Laid], annotations: Sequence[ListedAnnotation], place: str) -> list[Attempt]:
    """Passages at their offsets; where these fit none of a passage's annotations, or all of them, one after the other.

    Last, with offsets of annotations that begin anew in each passage.
    """
    own = [passage.offset for passage in laid]
    attempts: list[tuple[Offsets, bool, str]] = [(lambda _: own, False, "")]
    for gap, name in _FOLLOWING.items():
        attempts.append((partial(_where_they_fit, laid, annotations, gap), False, name))
        attempts.append((partial(_following, laid, gap), False, name))
    attempts.append((lambda _: own, True, "offsets of annotations begin anew in each passage"))
    attempts.append((partial(_following, laid, 1), True, "offsets of annotations begin anew in each passage"))
    return [partial(_layout, laid, annotations, place, *attempt) for attempt in attempts]


def _layout(
    laid: Sequence[Laid],
    annotations: Sequence[ListedAnnotation],
    place: str,
    offsets_in: Offsets,
    anew: bool,
    name: str,
    unit: OffsetUnit,
) -> Layout:
    offsets = offsets_in(unit)
    passages = _in_order(laid, offsets, unit, "passage", place)
    mentions = [_moved(own, offsets) if anew else own.marked for own in annotations]
    return Layout(passages, mentions, name)


def _moved(own: ListedAnnotation, offsets: Sequence[int | None]) -> Marked:
    begin = (None if own.passage is None else offsets[own.passage]) or 0
    return replace(own.marked, parts=tuple((start + begin, end + begin) for start, end in own.marked.parts))


def _following(laid: Sequence[Laid], gap: int, unit: OffsetUnit) -> list[int]:
    offsets, reached = [], None
    for passage in laid:
        offsets.append((passage.offset or 0) if reached is None else reached)
        if passage.text:
            reached = offsets[-1] + width(passage.text, unit) + gap
    return offsets


def _where_they_fit(
    laid: Sequence[Laid], annotations: Sequence[ListedAnnotation], gap: int, unit: OffsetUnit
) -> list[int | None]:
    offsets: list[int | None] = []
    reached = 0
    for number, passage in enumerate(laid):
        inside = [own.marked for own in annotations if own.passage == number and own.marked.parts]
        own = passage.offset
        if own is None or (inside and not _any_fits(inside, passage.text, own, unit)):
            own = reached
        offsets.append(own)
        if passage.text:
            reached = own + width(passage.text, unit) + gap
    return offsets


def _any_fits(mentions: Iterable[Marked], text: str, begin: int, unit: OffsetUnit) -> bool:
    to_character = characters_of(text, unit)
    for mention in mentions:
        start, end = (to_character(offset - begin) for offset in mention.parts[0])
        if start is not None and end is not None and start >= 0 and text[start:end] == mention.text:
            return True
    return False


def _in_order(
    laid: Sequence[Laid], offsets: Sequence[int | None], unit: OffsetUnit, what: str, place: str
) -> tuple[Passage, ...]:
    """Those that have text, checked, at their characters."""
    kept: list[Passage] = []
    reached = left_out = 0
    for own, offset in zip(laid, offsets, strict=True):
        if not own.text:
            continue
        start = reached + bool(kept) if offset is None else offset
        if start < reached:
            found = f"a {what} at offset {start} below one that ends at {reached}"
            raise InputError(place, found, f"{what}s in the order of the text, none of which overlap")
        left_out += start - reached
        if left_out > LONGEST_GAP:
            found = f"{left_out} characters in no {what} up to offset {start}"
            raise InputError(place, found, f"at most {LONGEST_GAP}")
        begin = (kept[-1].end if kept else 0) + start - reached
        kept.append(Passage(begin, own.text, own.heading))
        reached = start + width(own.text, unit)
    return tuple(kept)
