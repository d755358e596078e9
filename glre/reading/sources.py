"""Where documents are read from: files, folders, patterns and standard input."""

import glob
import os
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

    Of folders and patterns, files come by name, and those whose name begins with a dot are left out. InputError where
    an input names no file.
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
        yield Source("standard input", None)
        return
    paths = [Path(given)]
    if not _exists(given) and glob.has_magic(given):
        # Path.glob refuses patterns that begin at the root.
        paths = [Path(match) for match in sorted(glob.glob(given, recursive=True))]  # noqa: PTH207
        if not paths:
            raise InputError(given, "nothing that fits the pattern", "one or more files")
    none = True
    for path in paths:
        for file in _files(path) if path.is_dir() else (path,):
            none = False
            yield Source(str(file), file)
    if none:
        raise InputError(given, "no file in the folder", "one or more files, their names without a dot in front")


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


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(place, name)


def _refuse(error: OSError) -> None:
    raise InputError(str(error.filename), error.strerror or "an unreadable folder", "a folder that can be read")
