"""Relations as CSV (RFC 4180, UTF-8): a row per relation, for spreadsheets."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TextIO

from glre.documents.document import Document
from glre.documents.relations import DocumentRelations, WeighedMention
from glre.formats.tables.relation_row import RelationRow, relation_rows

COLUMNS = tuple(field.name for field in fields(RelationRow))
_NOT_AT_THE_START = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


class CsvWriter:
    """Writes a row for each relation; a document without relations has none.

    Lists are divided by `;`, a mention is `text@start-end(weight)`. Text that begins with one of `= + - @ '`, a tab or
    a line break gets a `'` in front.
    """

    def __init__(self, file: TextIO) -> None:
        # Text is always quoted: where a spreadsheet takes `;` for the separator too, the lists stay in their cells.
        self._rows = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        self._rows.writerow(COLUMNS)

    def write(self, _document: Document, found: DocumentRelations) -> None:
        """Write the document's relations."""
        for row in relation_rows(found):
            self._rows.writerow([_cell(getattr(row, column)) for column in COLUMNS])


@contextmanager
def open_csv(path: Path) -> Iterator[CsvWriter]:
    """A writer of a new file at `path`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        yield CsvWriter(file)


def _cell(value: object) -> object:
    if isinstance(value, tuple):
        return _harmless(";".join(map(_item, value)))
    return _harmless(value) if isinstance(value, str) else value


def _item(item: object) -> str:
    if not isinstance(item, WeighedMention):
        return str(item)
    weight = "" if item.weight is None else f"({item.weight:.3f})"
    return f"{item.text}@{item.start}-{item.end}{weight}"


def _harmless(text: str) -> str:
    # A spreadsheet would run such a cell as a formula. An apostrophe gets another, so that taking one off is exact.
    return f"'{text}" if text.startswith(_NOT_AT_THE_START) else text
