"""Files that are being made, each attempt's in a folder of its own, so that two attempts never meet."""

import hashlib
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from glre.bulk.plan import Shard
from glre.errors import InputError

ATTEMPTS = 3
"""Workers that may die on a shard before it is given up."""
_FOLDER = ".attempts"


@contextmanager
def attempt(shard: Shard, output: Path) -> Iterator[Path]:
    """A new folder, on the file system of the `output` folder, that is removed when the block ends.

    What a killed process leaves behind counts as one of the shard's attempts, on whichever machine it was, and so does
    one that was out of memory; InputError where there were `ATTEMPTS` of them.
    """
    name = hashlib.sha256(shard.name.encode()).hexdigest()[:16]
    folder = output / _FOLDER
    if len(list(folder.glob(f"{name}-*"))) >= ATTEMPTS:
        raise InputError(
            str(shard.source),
            f"a shard on which {ATTEMPTS} workers died",
            "memory enough for each worker: give fewer workers, or smaller shards",
        )
    own = folder / f"{name}-{uuid.uuid4().hex}"
    own.mkdir(parents=True)
    try:
        yield own
    except BaseException as error:
        if not out_of_memory(error):
            shutil.rmtree(own, ignore_errors=True)
        raise
    shutil.rmtree(own, ignore_errors=True)


def out_of_memory(error: BaseException) -> bool:
    """Whether an allocation failed, as torch or Python reports it."""
    return isinstance(error, MemoryError) or "allocate memory" in str(error)


def clear_attempts(output: Path) -> None:
    """Remove what killed processes have left."""
    shutil.rmtree(output / _FOLDER, ignore_errors=True)
