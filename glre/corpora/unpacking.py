"""The content of a plain, gzip-compressed or archived file, streamed out of it."""

import gzip
import hashlib
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

EXPANSION = 200
"""Times its packed size that a content may have; the text files of corpora have 3 to 20 times."""
ALWAYS_ALLOWED = 64 * 2**20
"""Bytes that a content may have whatever its packed size."""
_CHUNK = 2**20
_GZIP_MAGIC = b"\x1f\x8b"


class BrokenFileError(Exception):
    """A file has no content to be had; the text says why, in a few words."""


def unpack(packed: Path, member: str | None, target: Path) -> str:
    """Write to `target` the content of `packed`, or of its one `member`, and return the sha256 of what was written.

    Compression is told by the content, not by the name. `member` is only compared with the names in the archive and
    never becomes a path. BrokenFileError where the file is broken, has no such member, or expands beyond all measure.
    """
    limit = max(ALWAYS_ALLOWED, EXPANSION * packed.stat().st_size)
    digest = hashlib.sha256()
    written = 0
    try:
        with _content(packed, member) as source, target.open("wb") as sink:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > limit:
                    raise BrokenFileError(f"a file that expands to more than {limit} bytes")
                digest.update(chunk)
                sink.write(chunk)
    except (gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError):
        raise BrokenFileError("a broken or incomplete compressed file") from None
    except OSError as error:
        raise BrokenFileError(f"a file that cannot be copied ({error.strerror})") from None
    except (NotImplementedError, RuntimeError) as error:  # zipfile: an unknown compression, a password
        raise BrokenFileError(f"an archive that cannot be opened ({error})") from None
    return digest.hexdigest()


def sha256(path: Path) -> str:
    """Checksum of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _content(packed: Path, member: str | None) -> Iterator[IO[bytes]]:
    if member is not None:
        with _zip_member(packed, member) if zipfile.is_zipfile(packed) else _tar_member(packed, member) as content:
            yield content
    elif _starts_with(packed, _GZIP_MAGIC):
        with gzip.open(packed) as content:
            yield cast(IO[bytes], content)
    else:
        with packed.open("rb") as content:
            yield content


@contextmanager
def _zip_member(packed: Path, member: str) -> Iterator[IO[bytes]]:
    with zipfile.ZipFile(packed) as archive:
        info = archive.NameToInfo.get(member)
        if info is None or info.is_dir() or stat.S_ISLNK(info.external_attr >> 16):
            raise BrokenFileError(f"an archive without the file {member!r}")
        with archive.open(info) as content:
            yield content


@contextmanager
def _tar_member(packed: Path, member: str) -> Iterator[IO[bytes]]:
    with tarfile.open(packed) as archive:
        info = next((info for info in archive if info.name == member), None)
        content = archive.extractfile(info) if info is not None and info.isfile() else None
        if content is None:
            raise BrokenFileError(f"an archive without the file {member!r}")
        with content:
            yield content


def _starts_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic
