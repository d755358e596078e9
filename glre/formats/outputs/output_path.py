"""Where output goes."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from glre.errors import InputError
from glre.files import folder_made


def check_output(path: Path) -> None:
    """InputError where something else than a file, which would be replaced, stands at `path`, or that can't be told."""
    if is_folder(path):
        raise InputError(str(path), "a folder", "the name of a file to write")
    if path.exists() and not path.is_file():
        raise InputError(str(path), "a device or pipe", "the name of a file to write")


def is_folder(path: Path) -> bool:
    """Whether a folder stands at `path`; InputError where that can't be told, such as of a name that is too long."""
    with failures_named(path):
        return path.is_dir()


@contextmanager
def failures_named(path: Path | str) -> Iterator[None]:
    """Around what writes: an OSError, such as of a full disk, becomes an InputError that names `path`."""
    try:
        yield
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error), "a place to write a file, and room for it") from None


@contextmanager
def folder_of(path: Path) -> Iterator[None]:
    """The folder that `path` is to be written in is there; where it was made and the block fails, it is gone again."""
    with ExitStack() as stack:
        with failures_named(path):
            stack.enter_context(folder_made(path.parent))
        yield


@contextmanager
def closed_at_the_end(path: Path) -> Iterator[ExitStack]:
    """What is entered here is left when the block ends; what fails then is an InputError that names `path`.

    What the block itself raises stays as it is: it may come from where the documents are read.
    """
    stack = ExitStack()
    try:
        yield stack
    except BaseException as error:
        with failures_named(path):
            stack.__exit__(type(error), error, error.__traceback__)
        raise
    with failures_named(path):
        stack.close()
