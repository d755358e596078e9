"""A document by characters, as formats that mark mentions by offsets have it."""

from collections.abc import Mapping
from dataclasses import dataclass

from glre.documents.document import Document
from glre.formats.entity_ids import as_one_id
from glre.text.words import Span


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a mention stands in the text; it is the entity's mention number `number`, from 0."""

    entity_id: str
    number: int
    type: str
    span: Span


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A text with its marks, in the order of the text.

    `title` is what the text begins with, white space behind it and no mention running out of it, or empty.
    `sentences` are the spans of the document's sentences. `ids` has those of its entities as readers take them whole.
    """

    text: str
    title: str
    marks: tuple[Mark, ...]
    sentences: tuple[Span, ...]
    ids: Mapping[str, str]


def document_text(document: Document) -> DocumentText:
    """The document's own text and offsets; where it has only words, these joined by single spaces."""
    has_offsets = document.text is not None and all(own.starts for own in document.sentences)
    words = _spans(document) if has_offsets else _counted(document)
    text = document.text if has_offsets and document.text is not None else _joined(document)
    marks = [
        Mark(
            entity.id,
            number,
            own.type,
            Span(words[own.sentence][own.start].start, words[own.sentence][own.end - 1].end),
        )
        for entity in document.entities
        for number, own in enumerate(entity.mentions)
    ]
    return DocumentText(
        text=text,
        title=document.title if _begins_with_title(text, document.title, marks) else "",
        marks=tuple(sorted(marks, key=lambda mark: mark.span)),
        sentences=tuple(Span(inside[0].start, inside[-1].end) for inside in words),
        ids={own.id: as_one_id(own.id, {mention.type for mention in own.mentions}) for own in document.entities},
    )


def _spans(document: Document) -> list[list[Span]]:
    return [[Span(start, end) for start, end in zip(own.starts, own.ends, strict=True)] for own in document.sentences]


def _joined(document: Document) -> str:
    return " ".join(word for sentence in document.sentences for word in sentence.words)


def _counted(document: Document) -> list[list[Span]]:
    counted, position = [], 0
    for sentence in document.sentences:
        inside = []
        for word in sentence.words:
            inside.append(Span(position, position + len(word)))
            position += len(word) + 1
        counted.append(inside)
    return counted


def _begins_with_title(text: str, title: str, marks: list[Mark]) -> bool:
    end = len(title)
    ends_a_word = text.startswith(title) and (len(text) == end or text[end].isspace())
    return ends_a_word and not any(mark.span.start <= end < mark.span.end for mark in marks)
