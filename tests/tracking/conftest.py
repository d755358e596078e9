"""A small git and DVC work tree with an empty MLflow store, and what MLflow finds in it afterwards."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pandas import DataFrame


@pytest.fixture
def work_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a git repository with a commit, and a DVC root, without a store."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "DVC_STAGE", "DVC_EXP_NAME", "GLRE_PARENT_RUN"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "repository"
    (root / ".dvc").mkdir(parents=True)
    (root / "code.py").write_text("print('first')\n")
    monkeypatch.chdir(root)
    for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(name, "a@b.c")
    for command in (["init", "-q"], ["add", "code.py"], ["commit", "-qm", "first"]):
        subprocess.run(["git", *command], check=True)
    return root


@pytest.fixture
def root(work_tree: Path, empty_mlflow_store: Path) -> Path:
    """The work tree with an empty store."""
    shutil.copy(empty_mlflow_store, work_tree / "mlflow.db")
    return work_tree


@pytest.fixture
def found_runs(work_tree: Path) -> "Callable[[], DataFrame]":
    """What `mlflow.search_runs` finds in the repository's store, oldest first."""

    def search() -> "DataFrame":
        import mlflow
        from pandas import DataFrame

        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{work_tree}/mlflow.db")
            frame = mlflow.search_runs(experiment_names=["glre"], order_by=["start_time ASC"])
        assert isinstance(frame, DataFrame)
        return frame

    return search


@pytest.fixture
def start_python(work_tree: Path) -> Callable[[str], "subprocess.Popen[str]"]:
    """Starts a script in a process of its own, in the work tree."""

    # By these MLflow knows a test or a build, in which it sends no telemetry anyway.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CI", "GITHUB_"))
    }

    def start(script: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=work_tree,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start
