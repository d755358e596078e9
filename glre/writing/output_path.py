"""Where output goes."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from glre.errors import InputError


def check_output(path: Path) -> None:
    """Raise InputError where something else than a file stands at `path`: it would be replaced."""
    if path.is_dir() or (path.exists() and not path.is_file()):
        found = "a folder" if path.is_dir() else "a device or pipe"
        raise InputError(str(path), found, "the name of a file to write")


@contextmanager
def failures_named(path: Path) -> Iterator[None]:
    """Around what writes: an OSError, such as of a full disk, becomes an InputError that names `path`."""
    try:
        yield
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error), "a place to write a file, and room for it") from None


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
