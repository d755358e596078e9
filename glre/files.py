"""Files and folders that appear whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import ENOTDIR
from pathlib import Path


@contextmanager
def folder_made(folder: Path) -> Iterator[None]:
    """The folder is there, made with those above it; of them, what was made and is empty goes where the block fails."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(folder)) from None
    try:
        yield
    except BaseException:
        for place in missing:
            with suppress(OSError):
                place.rmdir()
        raise


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, renamed to it when the block ends well and removed when it does not.

    The block may write a file or make a folder there. What stood at `path`, a file or a folder, is replaced.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.partial")
    _remove(temporary)
    try:
        yield temporary
        if temporary.exists() and (path.is_dir() or temporary.is_dir()):
            _remove(path)
        temporary.replace(path)
    except BaseException:
        _remove(temporary)
        raise


def remove_whole(path: Path) -> None:
    """Remove a folder, where there is one, so that no part of it is ever found under its name."""
    if path.exists():
        temporary = path.with_name(f".{path.name}.partial")
        _remove(temporary)
        path.replace(temporary)
        _remove(temporary)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
