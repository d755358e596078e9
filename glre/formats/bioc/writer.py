"""Documents with their relations as BioC: a collection of them, in JSON a document per line, or in XML."""

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from bioc import (
    BioCAnnotation,
    BioCCollection,
    BioCDocument,
    BioCLocation,
    BioCNode,
    BioCPassage,
    BioCRelation,
    biocjson,
)
from bioc.biocxml import BioCXMLDocumentWriter

from glre.documents.document import Document
from glre.documents.relations import DocumentRelations, PredictedRelation, RelatedEntity
from glre.formats.outputs.document_text import DocumentText, document_text

_AT_THE_ENDS = re.compile(r"^\s+|\s+\Z")
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class BiocJsonWriter:
    """Writes each document into a list that somebody else opens and closes."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._before = "\n"

    def write(self, document: Document, found: DocumentRelations) -> None:
        """Write the document."""
        made = biocjson.toJSON(_document(document, found))
        self._file.write(self._before + json.dumps(made, ensure_ascii=False))
        self._before = ",\n"


@contextmanager
def open_bioc_json(path: Path) -> Iterator[BiocJsonWriter]:
    """A writer of a new file at `path`."""
    # bioc writes a whole collection at once, or documents without one: this is the first with room for the second.
    begin, end = biocjson.dumps(_frame()).rsplit("]", 1)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(begin)
        yield BiocJsonWriter(file)
        file.write(f"\n]{end}\n")


class BiocXmlWriter:
    """Writes each document into an open collection."""

    def __init__(self, file: BioCXMLDocumentWriter) -> None:
        self._file = file
        self._file.write_collection_info(_frame())

    def write(self, document: Document, found: DocumentRelations) -> None:
        """Write the document."""
        self._file.write_document(_document(document, found))


@contextmanager
def open_bioc_xml(path: Path) -> Iterator[BiocXmlWriter]:
    """A writer of a new file at `path`."""
    with path.open("wb") as raw, closing(BioCXMLDocumentWriter(raw, encoding="UTF-8")) as file:
        yield BiocXmlWriter(file)


def _frame() -> BioCCollection:
    """The collection without its documents; its date is empty, so that the same relations make the same file."""
    frame = BioCCollection()
    frame.source, frame.date, frame.key = "glre", "", ""
    return frame


def _document(document: Document, found: DocumentRelations) -> BioCDocument:
    """A passage each for title and abstract with their annotations, and the document's relations.

    An annotation is a mention, with its entity's id as the infon `identifier`. A relation holds between entities:
    the infons `head_id` and `tail_id` say which, the nodes Head and Tail are the mention of each that carried most.
    The infon `sentences` are the characters of the sentences that carried it. Characters that XML does not allow
    are U+FFFD. What would make an entity's id several or none is percent-encoded, and so is white space at either
    end of it and of the document's id.
    """
    text = document_text(document)
    made = BioCDocument()
    made.id = _allowed(_AT_THE_ENDS.sub(lambda found: quote(found[0], safe=""), document.id))
    abstract_start = len(text.title) + 1 if text.title else 0
    if text.title:
        made.add_passage(_passage("title", 0, text.title))
    if text.text[abstract_start:]:
        made.add_passage(_passage("abstract", abstract_start, text.text[abstract_start:]))
    annotations = {}
    for number, mark in enumerate(text.marks):
        annotation = BioCAnnotation()
        annotation.id = annotations[mark.entity_id, mark.number] = str(number)
        annotation.infons = {"identifier": _allowed(text.ids[mark.entity_id]), "type": _allowed(mark.type)}
        annotation.text = _allowed(text.text[mark.span.start : mark.span.end])
        annotation.add_location(BioCLocation(mark.span.start, mark.span.end - mark.span.start))
        made.passages[0 if mark.span.start < abstract_start else -1].add_annotation(annotation)
    for number, own in enumerate(found.relations):
        relation = BioCRelation()
        relation.id = f"R{number}"
        relation.infons = _infons(own, text)
        for entity, role in ((own.head, "Head"), (own.tail, "Tail")):
            relation.add_node(BioCNode(annotations[entity.id, _heaviest(entity)], role))
        made.add_relation(relation)
    return made


def _passage(kind: str, offset: int, text: str) -> BioCPassage:
    passage = BioCPassage()
    passage.infons = {"type": kind}
    passage.offset = offset
    passage.text = _allowed(text)
    return passage


def _infons(own: PredictedRelation, text: DocumentText) -> dict[str, str]:
    spans = [text.sentences[sentence] for sentence in own.sentences]
    return {
        "type": _allowed(own.relation),
        "name": _allowed(own.name),
        "head_id": _allowed(text.ids[own.head.id]),
        "tail_id": _allowed(text.ids[own.tail.id]),
        "score": str(own.score),
        "threshold": str(own.threshold),
        "sentences": ";".join(f"{span.start}-{span.end}" for span in spans),
    }


def _heaviest(entity: RelatedEntity) -> int:
    weights = [mention.weight or 0.0 for mention in entity.mentions]
    return weights.index(max(weights))


def _allowed(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
