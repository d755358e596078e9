from pathlib import Path

import pytest
from made_once import made_once
from small_sample import small_settings
from workspaces import Workspace, commit, copy_repository


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the repository in which the pipeline ran from download to evaluate. Tests only read it."""
    return Workspace(made_once(tmp_path_factory, "undisturbed", _finish) / "glre")


def _finish(folder: Path) -> None:
    workspace = copy_repository(folder / "glre", small_settings())
    ran = workspace.repro()
    assert len(ran) == 5
    commit(workspace)


@pytest.fixture(scope="session")
def store(empty_mlflow_store: Path) -> Path:
    """An MLflow store without runs."""
    return empty_mlflow_store
