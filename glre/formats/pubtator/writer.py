"""Relations in PubTator format: a block per document, as `glre.formats.pubtator.reader` describes it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from glre.documents.document import Document
from glre.documents.relations import DocumentRelations, PredictedRelation
from glre.formats.outputs.document_text import DocumentText, Mark, document_text

_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
"""What ends a column, or a line for one reader or another."""
_NOT_IN_A_ROW = re.compile(rf"\ufeff|{_BREAKS.pattern}")
_NOT_IN_A_COLUMN = re.compile(rf"\||{_NOT_IN_A_ROW.pattern}|^\s+|\s+\Z")
_EMPTY = "-"


@dataclass(frozen=True, slots=True)
class _Lines:
    """The texts of a block's first two lines; offsets are `shift` more than in the document."""

    title: str
    abstract: str
    shift: int


class PubtatorWriter:
    """Writes a block for each document: title, abstract, a row per mention, a row per relation.

    A title that the text does not begin with is left out. Offsets count from the title's start, with one character
    between title and abstract: with an empty title, those of a text that does not begin with white space are 1 more
    than in the document. Tabs and line breaks in the text are written as spaces; in ids, types and names of relations
    they are percent-encoded as in addresses, and so are white space at either end and `|`, but for that in the id of a
    variant; in an entity's id so is what would make it several or none.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, document: Document, found: DocumentRelations) -> None:
        """Write the document's block, and a blank line."""
        id = _column(document.id)
        text = document_text(document)
        lines = _lines(text)
        rows = [f"{id}|t|{lines.title}", f"{id}|a|{lines.abstract}"]
        # Readers refuse a mention that is there a second time.
        rows += dict.fromkeys(_mention_row(id, mark, text.ids, lines) for mark in text.marks)
        rows += [_relation_row(id, own, text.ids) for own in found.relations]
        self._file.write("\n".join(rows) + "\n\n")


@contextmanager
def open_pubtator(path: Path) -> Iterator[PubtatorWriter]:
    """A writer of a new file at `path`."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        yield PubtatorWriter(file)


def _lines(text: DocumentText) -> _Lines:
    line = _BREAKS.sub(" ", text.text)
    if text.title or line[:1].isspace():
        end = len(text.title)
        return _Lines(line[:end], line[end + 1 :], shift=0)
    return _Lines("", line, shift=1)


def _mention_row(id: str, mark: Mark, ids: Mapping[str, str], lines: _Lines) -> str:
    start, end = mark.span.start + lines.shift, mark.span.end + lines.shift
    mention = f"{lines.title} {lines.abstract}"[start:end]
    return "\t".join((id, str(start), str(end), mention, _column(mark.type), _entity_id(ids[mark.entity_id])))


def _relation_row(id: str, own: PredictedRelation, ids: Mapping[str, str]) -> str:
    return "\t".join((id, _column(own.relation), _entity_id(ids[own.head.id]), _entity_id(ids[own.tail.id])))


def _entity_id(id: str) -> str:
    return _encoded(_NOT_IN_A_ROW, id) or _EMPTY


def _column(text: str) -> str:
    return _encoded(_NOT_IN_A_COLUMN, text) or _EMPTY


def _encoded(unwanted: re.Pattern[str], text: str) -> str:
    return unwanted.sub(lambda found: quote(found[0], safe=""), text)
