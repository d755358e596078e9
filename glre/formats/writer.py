"""Files of relations, written a document at a time."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from glre.documents.document import Document
from glre.documents.relations import DocumentRelations
from glre.errors import InputError
from glre.files import written_whole
from glre.formats.outputs.output_format import OutputFormat
from glre.formats.outputs.output_path import check_output, closed_at_the_end, failures_named
from glre.formats.pubtator.writer import open_pubtator
from glre.formats.tables.csv_table import open_csv
from glre.formats.tables.json_lines import open_json_lines


class Writer(Protocol):
    """Writes documents with their relations, one after the other, and keeps none of them in memory for long."""

    def write(self, document: Document, found: DocumentRelations) -> None:
        """Write a document; it may have no relations."""


class _NamingWriter:
    """A writer whose failures name the file."""

    def __init__(self, writer: Writer, path: Path) -> None:
        self._writer = writer
        self._path = path

    def write(self, document: Document, found: DocumentRelations) -> None:
        with failures_named(self._path):
            self._writer.write(document, found)


@contextmanager
def open_writer(path: Path, format: OutputFormat) -> Iterator[Writer]:
    """A writer of the file at `path`, which is there when the block ends well and not at all otherwise.

    A file that stands at `path` is replaced. InputError where a folder or a device stands there, where nothing can be
    written, or where the format is the table, which is none for files.
    """
    opened = _opener(path, format)
    check_output(path)
    with closed_at_the_end(path) as stack:
        with failures_named(path):
            temporary = stack.enter_context(written_whole(path))
            writer = stack.enter_context(opened(temporary))
        yield _NamingWriter(writer, path)


def _opener(path: Path, format: OutputFormat) -> Callable[[Path], AbstractContextManager[Writer]]:
    """What opens a file of this format; libraries that one format alone needs are imported with it."""
    match format:
        case OutputFormat.JSONL:
            return open_json_lines
        case OutputFormat.CSV:
            return open_csv
        case OutputFormat.PUBTATOR:
            return open_pubtator
        case OutputFormat.PARQUET:
            from glre.formats.tables.parquet_table import open_parquet

            return open_parquet
        case OutputFormat.BIOC_JSON:
            from glre.formats.bioc.writer import open_bioc_json

            return open_bioc_json
        case OutputFormat.BIOC_XML:
            from glre.formats.bioc.writer import open_bioc_xml

            return open_bioc_xml
    others = [str(kind) for kind in OutputFormat if kind is not OutputFormat.TABLE]
    raise InputError(f"{path}, format", str(format), f"one of {', '.join(others)}")
