"""What several processes of tests use and one of them makes."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder `name` of this run of the tests, made by the first process that comes; the others wait."""
    place = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent
    folder, complete = place / name, place / f"{name}.complete"
    with FileLock(place / f"{name}.lock"):
        if not complete.exists():
            make(folder)
            complete.touch()
    return folder
