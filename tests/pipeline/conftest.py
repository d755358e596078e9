from pathlib import Path

import pytest
from small_sample import small_settings
from workspaces import Workspace, commit, copy_repository


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the repository in which the pipeline ran from download to evaluate. Tests only read it."""
    workspace = copy_repository(tmp_path_factory.mktemp("undisturbed") / "glre", small_settings())
    ran = workspace.repro()
    assert len(ran) == 5
    commit(workspace)
    return workspace


@pytest.fixture(scope="session")
def store(empty_mlflow_store: Path) -> Path:
    """An MLflow store without runs."""
    return empty_mlflow_store
