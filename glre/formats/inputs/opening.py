"""A source's bytes: unpacked where they are gzip, refused where they can't be documents."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

from glre.document_format import Format
from glre.errors import InputError
from glre.formats.inputs.sources import Source
from glre.formats.inputs.told_format import BYTE_ORDER_MARK, in_words, told_by_beginning

BEGINNING = 2**16
"""Bytes that are looked at to tell what a source is."""
_GZIP = b"\x1f\x8b"
_ARCHIVES = {
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "a zip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a rar archive",
    b"BZh91AY": "a file compressed by bzip2",
    b"\xfd7zXZ\x00": "a file compressed by xz",
    b"\x28\xb5\x2f\xfd": "a file compressed by zstd",
    _GZIP: "a gzip file inside another",
}
_TAR_MAGIC = slice(257, 262)


@dataclass(frozen=True, slots=True)
class Opened:
    """A stream at its start, and the first bytes of it; `name` is what messages call it."""

    name: str
    beginning: bytes
    stream: BinaryIO


@contextmanager
def opened(source: Source, format: Format | None) -> Iterator[Opened]:
    """The content of a source; InputError where it can't be had, is empty, an archive, or neither text nor Parquet."""
    if source.path is None:
        yield begun(sys.stdin.buffer, source.name, format)
        return
    try:
        file = source.path.open("rb")
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or "a name that no file can have"
        raise InputError(source.name, found, "a file that can be read") from None
    with file:
        yield begun(file, source.name, format)


def begun(stream: IO[bytes], name: str, format: Format | None) -> Opened:
    """The same of a stream."""
    with unbroken(name):
        beginning = stream.read(BEGINNING)
        content = _rejoined(beginning, stream)
        if beginning.startswith(_GZIP):
            content = cast(BinaryIO, io.BufferedReader(gzip.GzipFile(fileobj=content)))
            beginning = content.read(BEGINNING)
            content = _rejoined(beginning, content)
    _refuse(beginning, name, in_words(format))
    return Opened(name, beginning, content)


@contextmanager
def unbroken(name: str) -> Iterator[None]:
    """Around reading from a stream: InputError names the source where it can't be read to its end."""
    try:
        yield
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise InputError(name, "a broken or incomplete gzip file", "a whole one") from None
    except OSError as error:
        raise InputError(name, error.strerror or str(error), "a file that can be read") from None


def _refuse(beginning: bytes, name: str, expected: str) -> None:
    if not beginning or (len(beginning) < BEGINNING and not beginning.removeprefix(BYTE_ORDER_MARK).strip()):
        raise InputError(name, "an empty file", expected)
    archive = next((kind for magic, kind in _ARCHIVES.items() if beginning.startswith(magic)), None)
    if beginning[_TAR_MAGIC] == b"ustar":
        archive = "a tar archive"
    if archive:
        raise InputError(
            name, archive, "documents; unpack it first (only a single file packed by gzip is read as it is)"
        )
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(name, "text in UTF-16", "UTF-8 text")
    # Where documents begin, a null byte is a character like others: whether it is met this early is chance.
    if b"\0" in beginning and (told_by_beginning(beginning) is None or b"\0" in beginning[:2]):
        raise InputError(name, "binary data", expected)


def _rejoined(beginning: bytes, rest: IO[bytes]) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Rejoined(beginning, rest), BEGINNING))


class _Rejoined(io.RawIOBase):
    """What was read ahead, and then the rest; a pipe can't be rewound."""

    def __init__(self, ahead: bytes, rest: IO[bytes]) -> None:
        super().__init__()
        self._ahead = memoryview(ahead)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece: bytes | memoryview = self._ahead[: len(buffer)]
        self._ahead = self._ahead[len(piece) :]
        if not len(piece):
            piece = self._rest.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)
