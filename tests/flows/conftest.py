import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]


@pytest.fixture(scope="session")
def prefect() -> Iterator[None]:
    """A Prefect server of the tests' own, with an empty history at first."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=180):
        yield


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty git repository under DVC."""
    root = tmp_path / "repository"
    root.mkdir()
    for command in ([*GIT, "init", "-q"], [sys.executable, "-m", "dvc", "init", "-q"]):
        subprocess.run(command, cwd=root, check=True, capture_output=True)
    return root
