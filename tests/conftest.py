"""What tests of several parts start from: an empty MLflow store, and a folder in which every stage has run."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from made_once import made_once
from servers_together import ServersTogether, place_in_line
from small_sample import ROOT, small_settings, write_settings

from glre.loopback import ask_loopback_directly

# As glre itself does before it imports MLflow, which the tests import first.
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "CRITICAL")
# As behind a proxy, one that answers nothing: what is asked on loopback must not go there.
for name in ("http_proxy", "https_proxy", "all_proxy"):
    os.environ[name] = os.environ[name.upper()] = "http://127.0.0.1:9"
ask_loopback_directly()
# How long an example takes depends on what else the machine does.
hypothesis.settings.register_profile("glre", deadline=None)
hypothesis.settings.load_profile("glre")
OF_THE_USER = (
    "MLFLOW_TRACKING_URI",
    "MLFLOW_EXPERIMENT_NAME",
    "DVC_STAGE",
    "DVC_EXP_NAME",
    "GLRE_MIRROR",
    "GLRE_PARENT_RUN",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ServersTogether:
    """Which process runs which tests."""
    return ServersTogether(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes first, or it would keep one process alone at the end."""
    items.sort(key=lambda item: place_in_line(item.path.relative_to(ROOT).as_posix()))


@contextmanager
def working_in(folder: Path) -> Iterator[pytest.MonkeyPatch]:
    """`folder` as the current one, without what the user's environment says of stores and mirrors."""
    with pytest.MonkeyPatch.context() as patch:
        for name in OF_THE_USER:
            patch.delenv(name, raising=False)
        patch.chdir(folder)
        yield patch


@pytest.fixture(scope="session")
def empty_mlflow_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with MLflow's schema, which takes seconds to make, and no run."""

    def make(folder: Path) -> None:
        from mlflow import MlflowClient

        folder.mkdir()
        MlflowClient(tracking_uri=f"sqlite:///{folder}/mlflow.db")

    return made_once(tmp_path_factory, "empty_mlflow_store", make) / "mlflow.db"


@pytest.fixture(scope="session")
def finished_folder(tmp_path_factory: pytest.TempPathFactory, empty_mlflow_store: Path) -> Path:
    """A folder in which every stage of `sample` and `glre` has run, small. Tests only read it."""

    def make(folder: Path) -> None:
        from glre.stages import download, encode, evaluate, preprocess, train

        shutil.copytree(ROOT / "data/sample", folder / "data/sample")
        shutil.copy(empty_mlflow_store, folder / "mlflow.db")
        write_settings(small_settings(), folder)
        with working_in(folder):
            download.run("sample")
            preprocess.run("sample")
            encode.run("sample", "minilm")
            train.run("sample", "glre")
            evaluate.run("sample", "glre")

    return made_once(tmp_path_factory, "finished", make)


@pytest.fixture
def finished(finished_folder: Path) -> Iterator[Path]:
    """The current folder: one in which every stage has run. Tests only read it."""
    with working_in(finished_folder):
        yield finished_folder


@pytest.fixture
def own_folder(finished_folder: Path, empty_mlflow_store: Path, tmp_path: Path) -> Iterator[Path]:
    """The current folder: a copy of one in which every stage has run, its MLflow store empty, for tests to change."""
    folder = tmp_path / "own"
    shutil.copytree(finished_folder, folder, ignore=lambda place, names: _stores(Path(place) == finished_folder, names))
    shutil.copy(empty_mlflow_store, folder / "mlflow.db")
    with working_in(folder):
        yield folder


def _stores(at_the_root: bool, names: list[str]) -> list[str]:
    return [name for name in names if at_the_root and name.startswith(("mlflow.db", "mlartifacts"))]
