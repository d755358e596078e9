"""The documents that were left out, as JSON Lines."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter

from glre.files import written_whole
from glre.formats.outputs.output_path import check_output, closed_at_the_end, failures_named
from glre.formats.set_aside import SetAside


@dataclass(frozen=True, slots=True)
class _Line:
    place: str
    document_id: str | None
    reason: str


_LINE = TypeAdapter(_Line)


class SetAsideWriter:
    """Writes a line for each document, with place, id and reason; `written` counts them."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self._path = path
        self._stack = stack
        self._file: BinaryIO | None = None
        self.written = 0

    def write(self, document: SetAside) -> None:
        """Write the document's line; the first one makes the file."""
        with failures_named(self._path):
            if self._file is None:
                self._file = self._stack.enter_context(self._stack.enter_context(written_whole(self._path)).open("wb"))
            self._file.write(_LINE.dump_json(_line(document)) + b"\n")
        self.written += 1


@contextmanager
def open_set_aside(path: Path) -> Iterator[SetAsideWriter]:
    """A writer of the file at `path`, which is there when the block ends well and a document was left out.

    Otherwise there is none: one of an earlier run is removed, or replaced, where the block ends well. InputError where
    a folder or a device stands there, or nothing can be written.
    """
    check_output(path)
    with closed_at_the_end(path) as stack:
        writer = SetAsideWriter(path, stack)
        yield writer
    if not writer.written:
        with failures_named(path):
            path.unlink(missing_ok=True)


def _line(document: SetAside) -> _Line:
    # A file's name need not be UTF-8: Python has its other bytes as halves of surrogate pairs, which nobody can read.
    place = document.place.encode(errors="backslashreplace").decode()
    return _Line(place, document.document_id, f"found {document.found}; expected {document.expected}")
