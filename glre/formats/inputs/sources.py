"""Where documents are read from: files, folders, patterns and standard input."""

import glob
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from glre.errors import InputError

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or standard input where `path` is None; `name` is what messages call it."""

    name: str
    path: Path | None


def find_sources(inputs: Sequence[str]) -> tuple[Source, ...]:
    """The files that `inputs` name, each once, in their order: files, folders with all that is below, patterns, `-`.

    Of folders and patterns, files come by name. Those whose name begins with a dot are left out, and so is what is no
    file: a pipe that nobody writes to would be waited for without end. InputError where an input names no file.
    """
    if not inputs:
        raise InputError("inputs", "none", "files, folders, patterns or `-` for standard input")
    found: dict[Path | None, Source] = {}
    for given in inputs:
        for source in _sources(given):
            key = source.path and Path(os.path.realpath(source.path))
            found.setdefault(key, source)
    return tuple(found.values())


def _sources(given: str) -> Iterator[Source]:
    if given == STANDARD_INPUT:
        if sys.stdin is None:
            raise InputError("standard input", "none, for it is closed", "documents")
        yield Source("standard input", None)
        return
    path = Path(given)
    there = _exists(given)
    if there and not path.is_dir():
        yield Source(str(path), path)
        return
    none = True
    for file in _files(path) if there else _matches(given):
        none = False
        yield Source(str(file), file)
    if none:
        found = "no file in the folder" if there else "no file among what fits the pattern"
        raise InputError(given, found, "one or more files, their names without a dot in front")


def _exists(given: str) -> bool:
    if not given or "\0" in given:
        raise InputError("inputs", f"the name {given!r}", "a file, a folder, a pattern or `-`")
    try:
        Path(given).stat()
    except FileNotFoundError:
        if glob.has_magic(given):
            return False
        raise InputError(given, "no such file or folder", "a file, a folder, a pattern or `-`") from None
    except OSError as error:
        raise InputError(given, error.strerror or "an unreadable file", "a file that can be read") from None
    return True


def _matches(pattern: str) -> Iterator[Path]:
    """The files that fit, and those of folders that fit."""
    # Path.glob refuses patterns that begin at the root.
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207
    if not matches:
        raise InputError(pattern, "nothing that fits the pattern", "one or more files")
    for path in map(Path, matches):
        mode = _mode(path)
        if stat.S_ISDIR(mode):
            yield from _files(path)
        elif _is_readable(mode):
            yield path


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith(".") and _is_readable(_mode(path)):
                yield path


def _mode(path: Path) -> int:
    """What stands there; 0 where that can't be told, as of a link to nowhere: who reads it is told why."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _is_readable(mode: int) -> bool:
    """False for a pipe, a socket or a device."""
    return not mode or stat.S_ISREG(mode)


def _refuse(error: OSError) -> None:
    raise InputError(str(error.filename), error.strerror or "an unreadable folder", "a folder that can be read")
