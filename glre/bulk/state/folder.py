"""The folder of a job's outputs, which one process at a time works in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from glre.bulk.state.attempt import clear_attempts
from glre.bulk.state.ledger import Ledger
from glre.bulk.state.record import JobRecord, keep_to
from glre.errors import InputError

_LEDGER = ".ledger"
_LOCK = ".lock"


@contextmanager
def job_folder(folder: Path, record: JobRecord) -> Iterator[Ledger]:
    """Hold the folder, made where it is not there, for the job of this record; what earlier attempts left is removed.

    InputError where it is no folder or can't be written in, belongs to another job, or another process holds it.
    """
    lock = _held(folder)
    try:
        keep_to(record, folder)
        clear_attempts(folder)
        try:
            yield Ledger(folder / _LEDGER)
        finally:
            clear_attempts(folder)
    finally:
        lock.release()


def _held(folder: Path) -> BaseFileLock:
    """The lock is the operating system's: it is free again when its holder is gone, however that ended."""
    lock = FileLock(folder / _LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout:
        raise InputError(str(folder), "another process that works on the job", "one at a time") from None
    except (FileExistsError, NotADirectoryError):
        raise InputError(str(folder), "a file", "a folder for the outputs") from None
    except OSError as error:
        found = (error.strerror or "an error").lower()
        raise InputError(str(error.filename or folder), found, "a folder for the outputs") from None
    return lock
