"""Relations as BioC JSON: one collection, a document per line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bioc import biocjson

from glre.documents.document import Document
from glre.documents.relations import DocumentRelations
from glre.formats.bioc.written_document import bioc_document, bioc_frame


class BiocJsonWriter:
    """Writes each document into a list that somebody else opens and closes."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._before = "\n"

    def write(self, document: Document, found: DocumentRelations) -> None:
        """Write the document."""
        made = biocjson.toJSON(bioc_document(document, found))
        self._file.write(self._before + json.dumps(made, ensure_ascii=False))
        self._before = ",\n"


@contextmanager
def open_bioc_json(path: Path) -> Iterator[BiocJsonWriter]:
    """A writer of a new file at `path`."""
    # bioc writes a whole collection at once, or documents without one: this is the first with room for the second.
    begin, end = biocjson.dumps(bioc_frame()).rsplit("]", 1)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(begin)
        yield BiocJsonWriter(file)
        file.write(f"\n]{end}\n")
