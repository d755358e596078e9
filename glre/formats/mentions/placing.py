"""Where the mentions of a document stand in its text.

Sources differ in how their offsets lie: with or without the blank at a title's end, say. So a document comes in several
`Layout`s, the likeliest first, and the one that its mentions fit is taken.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from glre.documents.annotated_text import Annotation, Passage, laid_out
from glre.errors import InputError
from glre.formats.mentions.offsets import characters_of
from glre.formats.mentions.same_text import is_same_text, stands_within
from glre.formats.passed_over import PassedOver
from glre.formats.reading import OffsetUnit, Reading
from glre.text.mention_span import mention_span
from glre.text.words import Span

WITHOUT_ID = "mentions without an identifier"
_WITHOUT_PLACE = "mentions without an identifier that don't fit the text"
_NORMALISED = "mentions whose text is written otherwise, taken by their offsets"
_PARTS = "parts of mentions that don't fit the text"
_LAYOUT = "documents whose offsets are of another layout"
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Marked:
    """A mention as its source marks it.

    `parts` are beginnings and ends as the source counts them, several of a mention in pieces; `text` is None where it
    is not given. What is wrong with it wherever it stands is `broken`. `without_id` is what it is counted as where it
    names nothing.
    """

    place: str
    parts: tuple[tuple[int, int], ...]
    text: str | None
    type: str
    entity_ids: tuple[str, ...]
    broken: InputError | None = None
    without_id: str = WITHOUT_ID

    def counted_as(self, kind: str) -> PassedOver:
        """The mention as one of a kind that is passed over."""
        return PassedOver(kind, 1, f"{self.place}: {(self.text or '')[:_SHOWN]!r}")


@dataclass(frozen=True, slots=True)
class Layout:
    """The passages, and the mentions with offsets into them; `name` says what is unusual, where anything is."""

    passages: tuple[Passage, ...]
    mentions: Sequence[Marked]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """What the mentions mark, in their order, each once, and what had to be passed over."""

    passages: tuple[Passage, ...]
    annotations: tuple[Annotation, ...]
    passed_over: tuple[PassedOver, ...]
    mended: int
    """Mentions that didn't fit as they are."""


Attempt = Callable[[OffsetUnit], Layout]
"""Makes a layout where offsets count this unit; InputError where the passages can't lie so."""


def placed(attempts: Sequence[Attempt], reading: Reading, place: str) -> Placed:
    """The mentions in the first layout that all fit, else in the one that fewest have to be mended for.

    A mention without an id that doesn't fit is passed over; so is a part of one in pieces. A mention whose text is
    written otherwise is taken by its offsets. InputError, that of the likeliest layout, where one with an id fits in
    none; of a strict reading where one had to be mended.
    """
    best: tuple[Layout, Placed] | None = None
    refusal: InputError | None = None
    for attempt in attempts:
        try:
            layout = attempt(reading.offsets)
            own = _placed(layout, reading)
        except InputError as error:
            refusal = refusal or error
            continue
        if best is None or own.mended < best[1].mended:
            best = layout, own
        if not own.mended:
            break
    if best is None:
        assert refusal is not None
        raise _with_unit(refusal, attempts, reading)
    layout, own = best
    said = [PassedOver(f"{_LAYOUT}: {layout.name}", 1, place)] if layout.name else []
    return replace(own, passed_over=(*said, *own.passed_over))


def _with_unit(refusal: InputError, attempts: Sequence[Attempt], reading: Reading) -> InputError:
    """The refusal, which says so where all mentions fit if offsets count something else."""
    for unit in OffsetUnit:
        for attempt in attempts if unit is not reading.offsets else ():
            try:
                layout = attempt(unit)
                if laid_out(layout.passages).isascii():
                    continue
                _placed(layout, Reading(offsets=unit, strict=True))
            except InputError:
                continue
            expected = f"{refusal.expected}; all mentions fit where offsets count {unit} (predict: --offsets {unit})"
            return InputError(refusal.place, refusal.found, expected)
    return refusal


def _placed(layout: Layout, reading: Reading) -> Placed:
    text = laid_out(layout.passages)
    to_character = characters_of(text, reading.offsets)
    annotations: dict[Annotation, None] = {}
    passed_over, mended = [], 0
    for mention in layout.mentions:
        parts = tuple((to_character(start), to_character(end)) for start, end in mention.parts)
        whole = tuple((start, end) for start, end in parts if start is not None and end is not None)
        try:
            if mention.broken is not None:
                raise mention.broken
            if whole != parts:
                raise InputError(mention.place, "an offset inside of a character", "one between two")
            span = _exact(mention, whole, text, layout.passages)
        except InputError as error:
            if reading.strict:
                raise
            mended += 1
            if not mention.entity_ids:
                passed_over.append(mention.counted_as(_WITHOUT_PLACE))
                continue
            found = None if mention.broken else _mended(mention, whole, text, layout.passages)
            if found is None:
                raise error from None
            kind, span = found
            passed_over.append(mention.counted_as(kind))
        else:
            if not mention.entity_ids:
                passed_over.append(mention.counted_as(mention.without_id))
        annotations[Annotation(span, mention.type, mention.entity_ids)] = None
    return Placed(layout.passages, tuple(annotations), tuple(passed_over), mended)


def _exact(mention: Marked, parts: Sequence[tuple[int, int]], text: str, passages: Sequence[Passage]) -> Span:
    """From the beginning of the first part to the end of the last one; InputError where that is not the mention."""
    start, end = min(start for start, _ in parts), max(end for _, end in parts)
    marked = mention.text
    if marked is None or (len(parts) > 1 and _letters(marked) == _letters(_pieces(parts, text))):
        # The text of a mention in several pieces leaves out what stands between them.
        marked = text[start:end]
    span = mention_span(mention.place, start, end, marked, text)
    if _passage(start, marked, passages) is None:
        found = "a mention that runs from one passage, such as the title, into the next"
        raise InputError(mention.place, found, "a mention inside one of them")
    return span


def _mended(
    mention: Marked, parts: Sequence[tuple[int, int]], text: str, passages: Sequence[Passage]
) -> tuple[str, Span] | None:
    """What had to be done to the mention, and where it stands then; None where nothing safe is known."""
    if mention.text is None:
        return None
    if len(parts) == 1:
        ((start, end),) = parts
        fits = 0 <= start < end <= len(text) and is_same_text(text[start:end], mention.text)
        inside = fits and _passage(start, text[start:end], passages) is not None
        return (_NORMALISED, Span(start, end)) if inside else None
    fitting = [
        (start, end, passage)
        for start, end in sorted(parts)
        if 0 <= start < end <= len(text)
        and stands_within(text[start:end], mention.text)
        and (passage := _passage(start, text[start:end], passages)) is not None
    ]
    together = [(start, end) for start, end, passage in fitting if passage == fitting[0][2]]
    return (_PARTS, Span(together[0][0], max(end for _, end in together))) if together else None


def _passage(start: int, marked: str, passages: Sequence[Passage]) -> int | None:
    """The passage that holds the span, white space apart."""
    first = start + len(marked) - len(marked.lstrip())
    number = bisect_right(passages, first, key=lambda passage: passage.start) - 1
    return number if number >= 0 and start + len(marked.rstrip()) <= passages[number].end else None


def _pieces(parts: Sequence[tuple[int, int]], text: str) -> str:
    return "".join(text[start:end] for start, end in sorted(parts))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
