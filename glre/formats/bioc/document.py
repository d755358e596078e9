"""A BioC document (Comeau et al. 2013), as JSON or XML has it, and what becomes of it.

Passages stand in the text at their offsets, which count code points. Sentences below a passage give its text where it
has none of its own; where a sentence ends is decided as for any other text.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictInt, StrictStr, ValidationError

from glre.documents.annotated_text import AnnotatedPassages, Annotation, Passage, laid_out, to_document
from glre.documents.document import refusal
from glre.errors import InputError
from glre.formats.bioc.infons import Infons, as_text, by_key
from glre.formats.bioc.relations import bioc_gold
from glre.formats.entity_ids import entity_ids
from glre.formats.parsed import Parsed
from glre.formats.passages import span_in_passage
from glre.formats.set_aside import item_id

Offset = Annotated[int, Field(ge=0, lt=2**31)]

LONGEST_GAP = 1_000_000
"""Characters that the passages of a document may leave out in all; they become spaces."""
_ID_KEYS = ("identifier", "mesh", "ncbi gene", "normalized id", "ncbi homologene", "omim", "concept id", "conceptid")
"""Keys of infons with the id of what is named, in lower case, the first one that has any first."""
_SHOWN = 100


class _Location(BaseModel):
    offset: Offset
    length: Offset


class _Annotation(BaseModel):
    id: StrictStr | StrictInt | None = None
    infons: Infons | None = None
    text: StrictStr | None = None
    locations: Annotated[list[_Location], Field(min_length=1)]


class _Sentence(BaseModel):
    offset: Offset
    text: StrictStr | None = None
    annotations: list[_Annotation] | None = None


class _Passage(_Sentence):
    infons: Infons | None = None
    sentences: list[_Sentence] | None = None


class _Document(BaseModel):
    id: StrictStr | StrictInt
    passages: list[_Passage]
    annotations: list[_Annotation] | None = None


def parse_bioc(content: Any, place: str) -> Parsed:
    """The document that `content`, keys and values of BioC JSON, comes to; InputError names `place` and its id."""
    id = item_id(content)
    if id is not None:
        place = f"{place} {id[:_SHOWN]!r}"
    try:
        raw = _Document.model_validate(content)
    except ValidationError as error:
        raise refusal(error, place) from None
    if id is None or id != id.strip():
        raise InputError(f"{place}, id", repr(raw.id), "an id without white space around it")
    passages = _in_order((_passage(passage, place) for passage in raw.passages), "passage", place)
    text = laid_out(passages)
    marked = [(own.id, _annotation(own, text, passages, place)) for own in _annotations(raw)]
    title = passages[0].text if passages and passages[0].heading else ""
    annotations = tuple(dict.fromkeys(annotation for _, annotation in marked))
    document = to_document(AnnotatedPassages(id, title, passages, annotations))
    named = [(str(own), annotation.entity_ids) for own, annotation in marked if own is not None]
    return Parsed(place, document, partial(bioc_gold, content, named, document, place))


def _passage(raw: _Passage, place: str) -> Passage:
    infons = by_key(raw.infons)
    kind = str(infons.get("type", "")).lower()
    heading = kind.startswith("title") or kind == "front"
    if raw.text or not raw.sentences:
        return Passage(raw.offset, raw.text or "", heading)
    sentences = _in_order((Passage(own.offset, own.text or "") for own in raw.sentences), "sentence", place)
    if not sentences:
        return Passage(raw.offset, "")
    return Passage(sentences[0].start, laid_out(sentences)[sentences[0].start :], heading)


def _in_order(passages: Iterable[Passage], what: str, place: str) -> tuple[Passage, ...]:
    """The passages that have text, checked."""
    kept, reached, left_out = [], 0, 0
    for passage in passages:
        if not passage.text:
            continue
        if passage.start < reached:
            found = f"a {what} at offset {passage.start} below one that ends at {reached}"
            raise InputError(place, found, f"{what}s in the order of the text, none of which overlap")
        left_out += passage.start - reached
        if left_out > LONGEST_GAP:
            found = f"{left_out} characters in no {what} up to offset {passage.start}"
            raise InputError(place, found, f"at most {LONGEST_GAP}")
        kept.append(passage)
        reached = passage.end
    return tuple(kept)


def _annotations(document: _Document) -> Iterator[_Annotation]:
    yield from document.annotations or ()
    for passage in document.passages:
        yield from passage.annotations or ()
        for sentence in passage.sentences or ():
            yield from sentence.annotations or ()


def _annotation(raw: _Annotation, text: str, passages: Sequence[Passage], place: str) -> Annotation:
    """A mention from the beginning of its first location to the end of its last one."""
    start = min(location.offset for location in raw.locations)
    end = max(location.offset + location.length for location in raw.locations)
    place = f"{place}, annotation {str(raw.id)[:_SHOWN]!r}" if raw.id is not None else f"{place}, offset {start}"
    marked = raw.text
    if marked is None or (len(raw.locations) > 1 and _letters(marked) == _letters(_pieces(raw, text))):
        # The text of a mention in several pieces leaves out what stands between them.
        marked = text[start:end]
    span = span_in_passage(place, start, end, marked, text, passages)
    infons = by_key(raw.infons)
    ids = next((ids for key in _ID_KEYS if (ids := entity_ids(as_text(infons.get(key))))), ())
    kind = as_text(infons.get("type")).strip()
    if ids and not kind:
        raise InputError(place, "no type among the infons", "an entity type")
    return Annotation(span, kind, ids)


def _pieces(raw: _Annotation, text: str) -> str:
    places = sorted((location.offset, location.offset + location.length) for location in raw.locations)
    return "".join(text[start:end] for start, end in places)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
