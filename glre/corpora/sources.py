"""Where the files of a corpus come from: public addresses, a mirror in their place, or the repository."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from glre.corpora.transfer import UnavailableError, fetch
from glre.corpora.unpacking import BrokenFileError, sha256, unpack
from glre.errors import InputError
from glre.files import written_whole
from glre.settings import Address, SourceFile

MIRROR = "GLRE_MIRROR"


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a dataset's files end up, where unfinished ones are kept, and its folder's name in a mirror.

    Unfinished files lie apart, so that they outlast a workflow tool that clears `raw` before it runs the stage again.
    """

    raw: Path
    partial: Path
    mirror: str


def obtain(name: str, source: SourceFile, folders: Folders) -> str:
    """Leave the verified file at `folders.raw / name` and return where it was taken from.

    A file that is there and has the right checksum is left alone. The places are tried in order; InputError lists
    what was wrong with each. What GLRE_MIRROR names, a folder or an http(s) URL, replaces the public addresses.
    """
    target = folders.raw / name
    if target.is_file() and sha256(target) == source.sha256:
        return "already there"
    folders.partial.mkdir(parents=True, exist_ok=True)
    wrong = []
    for address in _addresses(name, source, folders.mirror):
        try:
            _take(address, source.sha256, target, folders.partial)
        except (UnavailableError, BrokenFileError) as reason:
            wrong.append(f"{address.url}: {reason}")
        else:
            return address.url
    if source.path is not None:
        raise InputError(str(target), wrong[0], "the file of this repository with the sha256 that params.yaml gives")
    raise InputError(
        str(target),
        f"no usable source ({'; '.join(wrong)})",
        f"one with the sha256 that params.yaml gives, or {MIRROR} set to a folder or URL "
        f"that holds {folders.mirror}/{name} or {folders.mirror}/{name}.gz",
    )


def _addresses(name: str, source: SourceFile, folder: str) -> Iterator[Address]:
    if source.path is not None:
        yield Address(url=str(source.path))
    elif mirror := os.environ.get(MIRROR):
        for file in (name, f"{name}.gz"):
            yield Address(url=f"{mirror.rstrip('/')}/{folder}/{file}")
    else:
        yield from source.addresses


def _take(address: Address, checksum: str, target: Path, partial: Path) -> None:
    content = partial / target.name
    try:
        if not address.url.startswith(("http://", "https://")):
            _unpack_verified(Path(address.url).expanduser(), address.member, content, checksum)
        else:
            # The name tells addresses apart, so that what one server began is not continued by another.
            packed = partial / f"{target.name}.{hashlib.sha256(address.url.encode()).hexdigest()[:12]}.partial"
            _fetch_verified(address, packed, content, checksum)
        with written_whole(target) as temporary:
            shutil.move(content, temporary)
    finally:
        content.unlink(missing_ok=True)


def _fetch_verified(address: Address, packed: Path, content: Path, checksum: str) -> None:
    resumed = packed.exists()
    fetch(address.url, packed)
    try:
        _unpack_verified(packed, address.member, content, checksum)
    except BrokenFileError:
        packed.unlink()
        if not resumed:
            raise
        # What was there before may have been the beginning of another version of the file.
        _fetch_verified(address, packed, content, checksum)
    else:
        packed.unlink()


def _unpack_verified(packed: Path, member: str | None, content: Path, checksum: str) -> None:
    if not packed.is_file():
        raise BrokenFileError("no such file")
    found = unpack(packed, member, content)
    if found != checksum:
        raise BrokenFileError(f"sha256 {found} instead of {checksum}")
