import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import Popen

import pytest
from mlflow import MlflowClient
from pandas import DataFrame

from benchmarks.free_port import free_port
from glre.errors import InputError
from glre.tracking.store import open_store, store_uri


@pytest.mark.parametrize(
    ("given", "uri"),
    [
        ("", "sqlite:////owner/mlflow.db"),
        ("sqlite:///runs/all.db?timeout=5", "sqlite:////owner/runs/all.db?timeout=5"),
        ("sqlite:////srv/all.db", "sqlite:////srv/all.db"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
    ],
)
def test_the_store_has_one_absolute_address(monkeypatch: pytest.MonkeyPatch, given: str, uri: str) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", given)
    assert store_uri(Path("/owner")) == uri


def test_artifacts_lie_beside_the_database(root: Path) -> None:
    store = open_store(root)
    experiment = store.client.get_experiment(store.experiment_id)
    assert (experiment.name, experiment.artifact_location) == ("glre", (root / "mlartifacts").as_uri())
    assert open_store(root).experiment_id == store.experiment_id


STARTED_AT_ONCE = """
from glre.tracking import StageIdentity, stage_run
with stage_run(StageIdentity("download", "sample"), {"a": 1}, []) as run:
    run.log_metrics({"files": 3})
"""


def test_processes_that_start_at_once_make_one_store(
    work_tree: Path, start_python: Callable[[str], "Popen[str]"], found_runs: Callable[[], DataFrame]
) -> None:
    processes = [start_python(STARTED_AT_ONCE) for _ in range(2)]
    for process in processes:
        assert process.communicate() == ("", "")
        assert process.returncode == 0
    runs = found_runs()
    assert runs["status"].tolist() == ["FINISHED"] * 2
    assert runs["experiment_id"].nunique() == 1
    assert runs["metrics.files"].tolist() == [3.0] * 2
    assert (work_tree / "mlflow.db").is_file()


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("sqlite:///code.py", "file is not a database"),
        ("sqlite:///code.py/below/mlflow.db", "Not a directory"),
        pytest.param(f"http://user:secret@127.0.0.1:{free_port()}", "no answer", id="refused port"),
        ("unknown://place", "unknown"),
    ],
)
def test_a_store_out_of_reach_is_one_clear_error(
    work_tree: Path, monkeypatch: pytest.MonkeyPatch, uri: str, said: str
) -> None:
    (work_tree / "code.py").write_text("print('first')\n" * 100)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    with pytest.raises(InputError) as caught:
        open_store(work_tree)
    text = str(caught.value)
    assert text.startswith("MLflow store ")
    assert said in text
    assert "MLFLOW_TRACKING_URI" in text
    assert "secret" not in text
    assert "\n" not in text


def test_a_store_that_fails_later_is_the_same_error(root: Path) -> None:
    store = open_store(root)
    with closing(sqlite3.connect(root / "mlflow.db")) as connection:
        connection.execute("DROP TABLE tags")
    with pytest.raises(InputError, match="no such table: tags"), store.in_reach():
        store.client.create_run(store.experiment_id, tags={"a": "b"})


def test_a_wrong_call_is_not_blamed_on_the_store(root: Path) -> None:
    store = open_store(root)
    with pytest.raises(Exception, match="Invalid value") as caught, store.in_reach():
        store.client.log_metric("0" * 32, "a name with >", 1.0)
    assert not isinstance(caught.value, InputError)


def test_a_deleted_experiment_is_named_with_the_way_back(root: Path) -> None:
    store = open_store(root)
    MlflowClient(tracking_uri=store.uri).delete_experiment(store.experiment_id)
    with pytest.raises(InputError, match=f"mlflow experiments restore -x {store.experiment_id}"):
        open_store(root)
