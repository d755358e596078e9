"""Relations as JSON Lines: a document per line, nested as the types of `glre.documents.relations`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter

from glre.documents.document import Document
from glre.documents.relations import DocumentRelations, PredictedRelation


@dataclass(frozen=True, slots=True)
class _Line:
    document_id: str
    title: str
    pairs: int
    relations: tuple[PredictedRelation, ...]


_LINE = TypeAdapter(_Line)


class JsonLinesWriter:
    """Writes a line for each document, with or without relations."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, document: Document, found: DocumentRelations) -> None:
        """Write the document's line."""
        line = _Line(document.id, document.title, found.pairs, found.relations)
        self._file.write(_LINE.dump_json(line) + b"\n")


@contextmanager
def open_json_lines(path: Path) -> Iterator[JsonLinesWriter]:
    """A writer of a new file at `path`."""
    with path.open("wb") as file:
        yield JsonLinesWriter(file)
