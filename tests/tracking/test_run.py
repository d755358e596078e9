import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from mlflow import MlflowClient

from glre.errors import InputError
from glre.tracking import StageIdentity, read_run_id, stage_run

TRAIN = StageIdentity("train", "cdr", "glre", "minilm")
EVALUATE = StageIdentity("evaluate", "cdr", "glre", "minilm")
PARAMETERS = {"model": {"hidden": 256}, "training": {"seeds": [1, 2], "learning_rate": 5e-4}}

pytestmark = pytest.mark.usefixtures("root")

FoundRuns = Callable[[], pd.DataFrame]


@pytest.fixture
def client(root: Path) -> MlflowClient:
    return MlflowClient(tracking_uri=f"sqlite:///{root}/mlflow.db")


def test_a_run_tells_what_it_is_and_where_it_comes_from(root: Path, found_runs: FoundRuns) -> None:
    (root / "data").mkdir()
    (root / "data" / "train.parquet").write_text("x")
    (root / "dvc.lock").write_text("stages: {preprocess@cdr: {outs: [{path: data, md5: aaaa.dir, size: 1}]}}")
    (root / "code.py").write_text("print('changed')")
    with stage_run(TRAIN, PARAMETERS, [Path("data"), Path("data/train.parquet")]) as run:
        pass
    found = found_runs().iloc[0].to_dict()
    commit = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    expected = {
        "run_id": run.run_id,
        "status": "FINISHED",
        "params.model.hidden": "256",
        "params.training.seeds": "[1, 2]",
        "params.training.learning_rate": "0.0005",
        "tags.mlflow.runName": "train cdr-glre",
        "tags.mlflow.source.git.commit": commit,
        "tags.git_commit": commit,
        "tags.git_dirty": "true",
        "tags.stage": "train",
        "tags.dvc_stage": "train@cdr-glre",
        "tags.dataset": "cdr",
        "tags.experiment": "glre",
        "tags.encoder": "minilm",
        "tags.input.data": "aaaa.dir",
        "tags.input.data/train.parquet": "9dd4e461268c8034f5c8564e155c67a6",
    }
    assert {name: found.get(name) for name in expected} == expected


def test_runs_have_the_same_names_so_that_they_compare(found_runs: FoundRuns) -> None:
    for experiment, hidden in (("glre", 256), ("without_local", 128)):
        identity = StageIdentity("train", "cdr", experiment, "minilm")
        with stage_run(identity, PARAMETERS | {"model": {"hidden": hidden}}, []) as run:
            for seed in (1, 2):
                with run.child(seed) as seed_run:
                    seed_run.log_nested_metrics({"dev": {"f1": seed / 10}})
            run.log_nested_metrics({"dev": {"f1": 0.15}})
    runs = found_runs()
    assert len(runs) == 6
    compared = [name for name in runs.columns if name.startswith(("params.", "metrics."))]
    assert sorted(compared) == [
        "metrics.dev.f1",
        "params.model.hidden",
        "params.training.learning_rate",
        "params.training.seeds",
    ]
    assert runs[compared].notna().all(axis=None)
    assert runs["params.model.hidden"].tolist() == ["256"] * 3 + ["128"] * 3


def test_the_runs_of_seeds_hang_under_the_stages(found_runs: FoundRuns) -> None:
    with stage_run(TRAIN, PARAMETERS, []) as run:
        for seed in (1, 2):
            with run.child(seed) as seed_run:
                seed_run.log_metrics({"loss": 2.0}, step=1)
                seed_run.log_metrics({"loss": 1.0}, step=2)
    runs = found_runs().set_index("tags.mlflow.runName")
    assert list(runs.index) == ["train cdr-glre", "train cdr-glre seed 1", "train cdr-glre seed 2"]
    children = runs[runs["tags.mlflow.parentRunId"] == run.run_id]
    assert children["tags.seed"].tolist() == ["1", "2"]
    assert children["tags.dvc_stage"].tolist() == ["train@cdr-glre"] * 2
    assert children["status"].tolist() == ["FINISHED"] * 2
    history = run.store.client.get_metric_history(children["run_id"].iloc[0], "loss")
    assert [(point.step, point.value) for point in history] == [(1, 2.0), (2, 1.0)]


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (InputError("train.parquet", "nothing", "a table"), "FAILED", "InputError: train.parquet: found nothing"),
        (FloatingPointError("loss is nan"), "FAILED", "FloatingPointError: loss is nan"),
        (SystemExit(1), "FAILED", "SystemExit: 1"),
        (KeyboardInterrupt(), "KILLED", None),
    ],
)
def test_a_stage_that_does_not_finish_says_so(
    found_runs: FoundRuns, raised: BaseException, status: str, said: str | None
) -> None:
    with (
        pytest.raises(type(raised)) as caught,
        stage_run(TRAIN, PARAMETERS, []) as run,
        run.child(1),
    ):
        raise raised
    assert caught.value is raised
    runs = found_runs()
    assert runs["status"].tolist() == [status] * 2
    if said:
        assert runs["tags.error"].str.startswith(said).all()
    else:
        assert "tags.error" not in runs


KILLED_IN_EPOCH_2 = """
import os, signal
from pathlib import Path
from glre.tracking import StageIdentity, stage_run, write_run_id
with stage_run(StageIdentity("train", "cdr", "glre", "minilm"), {"epochs": 3}, []) as run:
    write_run_id(run.run_id, Path("checkpoints/train_run.json"))
    with run.child(1) as seed_run:
        seed_run.log_metrics({"loss": 3.0}, step=1)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_training_goes_on_in_the_same_runs(
    found_runs: FoundRuns, start_python: Callable[[str], "subprocess.Popen[str]"]
) -> None:
    assert start_python(KILLED_IN_EPOCH_2).wait() == -9
    assert found_runs()["status"].tolist() == ["RUNNING"] * 2
    with stage_run(StageIdentity("download", "cdr"), {}, []):
        pass
    assert found_runs()["status"].tolist() == ["KILLED"] * 2 + ["FINISHED"]

    killed = read_run_id(Path("checkpoints/train_run.json"))
    with stage_run(TRAIN, {"epochs": 4, "patience": 1}, [], resume=killed) as run, run.child(1) as seed_run:
        assert found_runs()["status"].tolist() == ["RUNNING"] * 2 + ["FINISHED"]
        seed_run.log_metrics({"loss": 2.0}, step=2)
    runs = found_runs()
    assert run.run_id == killed
    assert runs["status"].tolist() == ["FINISHED"] * 3
    assert runs["tags.process"].iloc[0].endswith(f":{os.getpid()}")
    history = run.store.client.get_metric_history(seed_run.run_id, "loss")
    assert [(point.step, point.value) for point in history] == [(1, 3.0), (2, 2.0)]
    # A parameter can't be given another value, and a new one is added.
    assert runs[["params.epochs", "params.patience"]].iloc[0].tolist() == ["3", "1"]


def test_evaluate_puts_its_metrics_beside_the_trainings(root: Path, found_runs: FoundRuns) -> None:
    (root / "model").write_text("weights")
    with stage_run(TRAIN, PARAMETERS, []) as run, run.child(1) as seed_run:
        seed_run.log_nested_metrics({"dev": {"f1": 0.6}})
    with pytest.raises(ValueError, match="no"), stage_run(EVALUATE, PARAMETERS, [], resume=run.run_id):
        raise ValueError("no")
    with (
        stage_run(EVALUATE, PARAMETERS, [Path("model")], resume=run.run_id) as again,
        again.child(1) as seed_again,
    ):
        seed_again.log_nested_metrics({"test": {"f1": 0.5}})
    assert (again.run_id, seed_again.run_id) == (run.run_id, seed_run.run_id)
    runs = found_runs()
    assert len(runs) == 2
    of_seed = runs.set_index("run_id").loc[seed_run.run_id]
    assert (of_seed["metrics.dev.f1"], of_seed["metrics.test.f1"]) == (0.6, 0.5)
    assert runs["status"].tolist() == ["FINISHED"] * 2
    assert runs["tags.mlflow.runName"].tolist() == ["train cdr-glre", "train cdr-glre seed 1"]
    assert runs["tags.dvc_stage"].tolist() == ["train@cdr-glre"] * 2
    assert runs["tags.evaluate.dvc_stage"].tolist() == ["evaluate@cdr-glre"] * 2
    assert runs["tags.evaluate.git_commit"].tolist() == runs["tags.git_commit"].tolist()
    assert runs["tags.input.model"].notna().all()
    assert "tags.error" not in runs


@pytest.mark.parametrize("deleted", [True, False])
def test_without_the_run_to_go_on_with_there_is_a_new_one(
    found_runs: FoundRuns, client: MlflowClient, deleted: bool
) -> None:
    former = "0" * 32
    if deleted:
        with stage_run(TRAIN, PARAMETERS, []) as run:
            former = run.run_id
        client.delete_run(former)
    with stage_run(EVALUATE, PARAMETERS, [], resume=former) as again:
        pass
    assert again.run_id != former
    assert found_runs()["tags.mlflow.runName"].tolist() == ["evaluate cdr-glre"]


def test_more_parameters_than_mlflow_takes_at_once(found_runs: FoundRuns) -> None:
    with stage_run(TRAIN, {f"p{number}": number for number in range(250)}, []):
        pass
    assert sum(name.startswith("params.") for name in found_runs().columns) == 250


def test_a_path_with_signs_that_mlflow_does_not_take(root: Path, found_runs: FoundRuns) -> None:
    (root / "a+b@1,2.txt").write_text("x")
    with stage_run(TRAIN, {}, [Path("a+b@1,2.txt")]):
        pass
    assert "tags.input.a_b_1_2.txt" in found_runs()


def test_datasets_are_recorded_with_the_hash_of_the_input(root: Path, client: MlflowClient) -> None:
    (root / "dvc.lock").write_text("stages: {preprocess: {outs: [{path: train.parquet, md5: aaaa, size: 1}]}}")
    for name in ("train.parquet", "dev.parquet"):
        (root / name).write_text("x")
    with stage_run(TRAIN, {}, [Path("train.parquet")]) as run:
        statistics = pd.DataFrame({"words": [200, 240], "entities": [5, 7]})
        run.log_dataset(Path("train.parquet"), "cdr/train", "train", statistics)
        run.log_dataset(Path("dev.parquet"), "cdr/dev", "dev")
    inputs = client.get_run(run.run_id).inputs
    assert inputs
    recorded = {entry.dataset.name: entry for entry in inputs.dataset_inputs}
    train, dev = recorded["cdr/train"], recorded["cdr/dev"]
    assert (train.dataset.digest, train.tags[0].value) == ("aaaa", "train")
    assert json.loads(train.dataset.source) == {"uri": str(root / "train.parquet")}
    assert json.loads(train.dataset.profile or "")["num_rows"] == 2
    columns = json.loads(train.dataset.schema or "")["mlflow_colspec"]
    assert [column["name"] for column in columns] == ["words", "entities"]
    assert (dev.dataset.digest, dev.tags[0].value) == ("9dd4e461268c8034f5c8564e155c67a6", "dev")


def test_artifacts_are_kept(root: Path, client: MlflowClient) -> None:
    (root / "tables").mkdir()
    (root / "tables" / "distance.csv").write_text("0,1\n")
    (root / "metrics.json").write_text("{}")
    with stage_run(TRAIN, {}, []) as run:
        run.log_artifact(Path("tables"))
        run.log_artifact(Path("metrics.json"))
        with pytest.raises(InputError, match="absent"):
            run.log_artifact(Path("absent"))
    assert [entry.path for entry in client.list_artifacts(run.run_id)] == ["metrics.json", "tables"]
    assert (root / "mlartifacts" / run.run_id / "artifacts" / "tables" / "distance.csv").read_text() == "0,1\n"


def test_a_missing_input_starts_no_run(found_runs: FoundRuns) -> None:
    with pytest.raises(InputError, match="absent"), stage_run(TRAIN, {}, [Path("absent")]):
        pytest.fail("the stage ran")
    with stage_run(TRAIN, {}, []):
        pass
    assert len(found_runs()) == 1


QUIET = """
import sys, threading, warnings
asked = []
network = ("socket.connect", "socket.getaddrinfo", "socket.sendto")
sys.addaudithook(lambda event, arguments: asked.append(arguments) if event in network else None)
from pathlib import Path
from glre.tracking import StageIdentity, stage_run
assert "mlflow" not in sys.modules
with stage_run(StageIdentity("train", "cdr", "glre"), {"a": 1}, [Path("code.py")]) as run:
    run.log_metrics({"loss": 1.0}, step=1)
    run.log_artifact(Path("code.py"))
    run.log_dataset(Path("code.py"), "cdr", "train")
    assert threading.enumerate() == [threading.main_thread()], threading.enumerate()
assert not asked, asked
"""


def test_a_run_is_silent_stays_off_the_network_and_starts_no_thread(
    root: Path, start_python: Callable[[str], "subprocess.Popen[str]"]
) -> None:
    process = start_python(QUIET)
    assert process.communicate() == ("", "")
    assert process.returncode == 0
    assert {path.name for path in root.iterdir()} == {
        ".dvc",
        ".git",
        "code.py",
        "mlartifacts",
        "mlflow.db",
        "mlflow.db.lock",
    }
