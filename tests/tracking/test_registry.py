import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import mlflow.pyfunc
import pytest
from mlflow import MlflowClient

from glre.tracking import ServedModel, StageIdentity, StageRun, log_model, register_model, stage_run

CODE = """
import mlflow

class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, model_input: list[str]) -> list[str]:
        return model_input

mlflow.models.set_model(Echo())
"""


@pytest.fixture
def client(root: Path) -> MlflowClient:
    return MlflowClient(f"sqlite:///{root}/mlflow.db")


@pytest.fixture
def model(root: Path) -> ServedModel:
    (root / "model").mkdir()
    (root / "model" / "settings.json").write_text("{}")
    (root / "served.py").write_text(CODE)
    return ServedModel(Path("served.py"), Path("model"), ["a"], ["mlflow"])


def trained(model: ServedModel, experiment: str, dev_f1: dict[int, float]) -> dict[int, str]:
    """Runs of seeds with a model each, registered; their ids."""
    ids = {}
    with stage_run(StageIdentity("evaluate", "cdr", experiment, "minilm"), {}, []) as run:
        for seed, figure in dev_f1.items():
            with run.child(seed) as child:
                log_model(child, model)
                assert register_model(child, figure, 0.25)
                ids[seed] = child.run_id
    return ids


def champion(client: MlflowClient) -> dict[str, str]:
    return dict(client.get_model_version_by_alias("glre-cdr", "champion").tags)


def again(run_id: str, seed: int, dev_f1: float) -> bool:
    with stage_run(StageIdentity("evaluate", "cdr", "glre", "minilm", seed=seed), {}, [], resume=run_id) as run:
        return register_model(run, dev_f1, 0.25)


def test_a_version_says_what_it_is_and_is_loaded_by_the_alias(
    client: MlflowClient, model: ServedModel, monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    ids = trained(model, "glre", {1: 0.5, 2: 0.625})
    assert champion(client) == {
        "dataset": "cdr",
        "experiment": "glre",
        "encoder": "minilm",
        "seed": "2",
        "run_id": ids[2],
        "git_commit": client.get_run(ids[2]).data.tags["git_commit"],
        "dev.f1": "0.625",
        "threshold": "0.25",
    }
    version = client.get_model_version_by_alias("glre-cdr", "champion")
    assert version.run_id == ids[2]
    assert str(version.description).startswith("`cdr-glre`, seed 2: F1 on dev 62.5 %.")
    assert "models:/glre-cdr@champion" in str(client.get_registered_model("glre-cdr").description)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{root}/mlflow.db")
    assert mlflow.pyfunc.load_model("models:/glre-cdr@champion").predict(["a"]) == ["a"]


def test_only_a_better_one_becomes_the_champion_and_none_is_registered_twice(
    client: MlflowClient, model: ServedModel
) -> None:
    first = trained(model, "glre", {1: 0.5})
    assert champion(client)["experiment"] == "glre"
    trained(model, "equal", {1: 0.5})
    assert champion(client)["experiment"] == "glre"
    trained(model, "worse", {1: 0.25})
    assert champion(client)["experiment"] == "glre"
    trained(model, "better", {1: 0.5000001})
    assert champion(client)["experiment"] == "better"
    assert again(first[1], 1, 0.5)
    assert champion(client)["experiment"] == "better"
    assert len(client.search_model_versions("name = 'glre-cdr'")) == 4


@pytest.mark.parametrize("lost", ["never logged", "files", "record"])
def test_a_model_that_the_store_lost_is_not_registered(
    root: Path, client: MlflowClient, model: ServedModel, lost: str
) -> None:
    with stage_run(StageIdentity("train", "cdr", "glre", seed=1), {}, []) as run:
        if lost != "never logged":
            uri = log_model(run, model)
        if lost == "files":
            shutil.rmtree(root / "mlartifacts" / "models")
        if lost == "record":
            client.delete_logged_model(uri.removeprefix("models:/"))
        assert not register_model(run, 0.5, 0.25)
    assert client.search_registered_models() == []


REGISTERED_AT_ONCE = """
import sys
from glre.tracking import StageIdentity, register_model, stage_run
run_id, seed, dev_f1 = sys.argv[1:]
with stage_run(StageIdentity("evaluate", "cdr", "glre", "minilm", seed=int(seed)), {}, [], resume=run_id) as run:
    assert register_model(run, float(dev_f1), 0.25)
"""


def test_evaluations_at_once_leave_the_best_as_the_champion(
    client: MlflowClient, model: ServedModel, start_python: Callable[[str], "subprocess.Popen[str]"]
) -> None:
    runs: list[tuple[StageRun, float]] = []
    with stage_run(StageIdentity("train", "cdr", "glre", "minilm"), {}, []) as run:
        for seed, figure in enumerate((0.75, 0.5, 0.625)):
            with run.child(seed) as child:
                log_model(child, model)
                runs.append((child, figure))
    processes = [
        start_python(
            REGISTERED_AT_ONCE.replace("sys.argv[1:]", repr([child.run_id, str(child.identity.seed), str(figure)]))
        )
        for child, figure in runs
    ]
    for process in processes:
        assert process.communicate() == ("", "")
        assert process.returncode == 0
    assert champion(client)["dev.f1"] == "0.75"
    assert len(client.search_model_versions("name = 'glre-cdr'")) == 3
