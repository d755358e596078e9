"""A BioC document (Comeau et al. 2013), as JSON or XML has it, and what becomes of it.

Passages stand in the text at their offsets. Sentences below a passage give its text where it has none of its own; where
a sentence ends is decided as for any other text.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from pydantic import BaseModel, StrictInt, StrictStr, ValidationError

from glre.documents.annotated_text import AnnotatedPassages, to_document
from glre.documents.document import refusal
from glre.errors import InputError
from glre.formats.bioc.annotations import listed_annotation
from glre.formats.bioc.infons import Infons, by_key
from glre.formats.bioc.layouts import Laid, Offset, joined, layouts
from glre.formats.bioc.relations import bioc_gold
from glre.formats.mentions.placing import placed
from glre.formats.parsed import Parsed
from glre.formats.reading import AS_TOLD, OffsetUnit, Reading
from glre.formats.set_aside import item_id

_SHOWN = 100


class _Sentence(BaseModel):
    offset: Offset | None = None
    text: StrictStr | None = None
    annotations: list[Any] | None = None


class _Passage(_Sentence):
    infons: Infons | None = None
    sentences: list[_Sentence] | None = None


class _Document(BaseModel):
    id: StrictStr | StrictInt
    passages: list[_Passage]
    annotations: list[Any] | None = None


def parse_bioc(content: Any, place: str, reading: Reading = AS_TOLD) -> Parsed:
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
    laid = [_laid(passage, reading.offsets, place) for passage in raw.passages]
    listed = [listed_annotation(own, number, place) for number, own in _annotations(raw)]
    if reading.strict:
        for own in listed:
            own.check()
    found = placed(layouts(laid, [own for own in listed if own.has_place], place), reading, place)
    title = found.passages[0].text if found.passages and found.passages[0].heading else ""
    document = to_document(AnnotatedPassages(id, title, found.passages, found.annotations))
    named = [(own.id, own.marked.entity_ids) for own in listed if own.id is not None]
    passed_over = (*(own.without_place() for own in listed if not own.has_place), *found.passed_over)
    return Parsed(place, document, partial(bioc_gold, content, named, document, place), passed_over=passed_over)


def _laid(raw: _Passage, unit: OffsetUnit, place: str) -> Laid:
    kind = str(by_key(raw.infons).get("type", "")).lower()
    heading = kind.startswith("title") or kind == "front"
    if raw.text or not raw.sentences:
        return Laid(raw.offset, raw.text or "", heading)
    sentences = [Laid(own.offset, own.text or "") for own in raw.sentences]
    return joined(sentences, unit, heading, place)


def _annotations(document: _Document) -> Iterator[tuple[int | None, Any]]:
    """Each with the number of the passage that lists it."""
    yield from ((None, own) for own in document.annotations or ())
    for number, passage in enumerate(document.passages):
        yield from ((number, own) for own in passage.annotations or ())
        for sentence in passage.sentences or ():
            yield from ((number, own) for own in sentence.annotations or ())
