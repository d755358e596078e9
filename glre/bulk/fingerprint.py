"""Whether a shard is still the file that it was."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from glre.errors import InputError


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A file's content: bytes, time of the last change in nanoseconds, SHA-256."""

    size: int
    changed: int
    sha256: str


def fingerprint(path: Path) -> Fingerprint:
    """Read the file through; InputError where that is not possible."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        stat = path.stat()
    except OSError as error:
        raise InputError(str(path), (error.strerror or "an unreadable file").lower(), "a shard to read") from None
    return Fingerprint(stat.st_size, stat.st_mtime_ns, digest)


def is_as_it_was(path: Path, before: Fingerprint) -> bool:
    """Whether the file has the same content; it is only read where it was touched since."""
    try:
        stat = path.stat()
    except OSError:
        return False
    if stat.st_size != before.size:
        return False
    return stat.st_mtime_ns == before.changed or fingerprint(path).sha256 == before.sha256
