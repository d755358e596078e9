import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from mlflow import MlflowClient
from mlflow.entities import Run
from small_sample import EPOCHS

from glre.errors import InputError
from glre.progress import Tracker
from glre.stages import train
from glre.systems.glre.settings import GLRESettings
from glre.systems.trained import load_settings
from glre.tracking import read_run_id
from glre.training import run as training_run
from glre.training.checkpoint import save_checkpoint
from glre.training.loop import Trainee
from glre.training.processes import Processes

MODEL = Path("models/sample/glre/seed-1")
RESULTS = Path("results/sample/glre")
CHECKPOINTS = Path("checkpoints/sample/glre")
STEP_FIGURES = {f"epoch.{name}" for name in ("loss", "dev_f1", "threshold", "best_dev_f1", "best_epoch", "seconds")}


def client() -> MlflowClient:
    return MlflowClient(f"sqlite:///{Path.cwd()}/mlflow.db")


def runs(stage: str) -> list[Run]:
    """Runs of a stage, the one of the stage itself before those of its seeds."""
    found = client().search_runs([client().get_experiment_by_name("glre").experiment_id], f"tags.stage = '{stage}'")
    return sorted(found, key=lambda run: run.data.tags.get("seed", ""))


def history() -> list[dict[str, str]]:
    with (RESULTS / "history.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rounded(*figures: float) -> Any:
    """The figures as history.csv has them, to 6 decimals."""
    return pytest.approx(figures, abs=1e-6)


def change(**training: Any) -> None:
    settings = yaml.safe_load(Path("params.yaml").read_text())
    settings["defaults"]["training"] |= training
    Path("params.yaml").write_text(yaml.safe_dump(settings))


def interrupt_after(epochs: int) -> None:
    """Train until Ctrl-C comes, when so many epochs, of all seeds, are done and logged."""
    done = 0

    class Interrupting:
        def advance(self, steps: int = 1, note: str = "") -> None:
            nonlocal done
            assert note.startswith("loss")
            done += steps
            if done == epochs:
                raise KeyboardInterrupt

    @contextmanager
    def progress(*_: object) -> Iterator[Tracker]:
        yield Interrupting()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "progress", progress)
        with pytest.raises(KeyboardInterrupt):
            train.run("sample", "glre")


def test_outputs(finished: Path) -> None:
    assert set(files(finished / "models")) == {
        f"sample/glre/seed-1/{n}" for n in ("dev_curve.json", "model.safetensors", "settings.json")
    }
    assert {"history.csv", "train_run.json"} <= set(files(RESULTS))
    assert not CHECKPOINTS.exists()
    assert not list(finished.rglob("*.partial"))


@pytest.mark.usefixtures("finished")
def test_history_and_settings_agree() -> None:
    rows = history()
    assert list(rows[0]) == ["seed", "epoch", "loss", "dev_f1", "threshold", "best_dev_f1", "best_epoch"]
    assert [(row["seed"], row["epoch"]) for row in rows] == [("1", str(epoch)) for epoch in range(1, EPOCHS + 1)]
    best = max(rows, key=lambda row: float(row["dev_f1"]))
    settings = load_settings(MODEL)
    assert settings.epoch == int(best["epoch"])
    assert (settings.dev_f1, settings.threshold) == rounded(float(best["dev_f1"]), float(best["threshold"]))
    assert (settings.dataset, settings.experiment, settings.seed) == ("sample", "glre", 1)
    assert settings.words.identity.startswith("sha256:")
    assert (settings.words.width, settings.relations) == (384, ("CID",))
    assert isinstance(settings.model, GLRESettings)
    assert settings.model.hidden == 32


@pytest.mark.usefixtures("finished")
def test_the_run_in_mlflow() -> None:
    run, of_seed = runs("train")
    assert run.info.run_id == read_run_id(RESULTS / "train_run.json")
    rows = history()
    assert run.info.status == of_seed.info.status == "FINISHED"
    assert (run.info.run_name, of_seed.info.run_name) == ("train sample-glre", "train sample-glre seed 1")
    assert of_seed.data.tags["mlflow.parentRunId"] == run.info.run_id
    assert of_seed.data.tags["seed"] == "1"
    for tags in (run.data.tags, of_seed.data.tags):
        assert {name: tags[name] for name in ("stage", "dvc_stage", "dataset", "experiment", "encoder")} == {
            "stage": "train",
            "dvc_stage": "train@sample-glre",
            "dataset": "sample",
            "experiment": "glre",
            "encoder": "minilm",
        }
        assert len(tags["input.data/features/sample/minilm"]) > 30
    assert run.data.params["training.epochs"] == str(EPOCHS)
    assert run.data.params["model.hidden"] == "32"
    assert (run.data.metrics["best_dev_f1"],) == rounded(float(rows[-1]["best_dev_f1"]))
    assert run.data.metrics["epochs"] == EPOCHS
    for name in STEP_FIGURES - {"epoch.seconds"}:
        found = client().get_metric_history(of_seed.info.run_id, name)
        assert [point.step for point in found] == list(range(1, EPOCHS + 1))
        figures = [float(row[name.removeprefix("epoch.")]) for row in rows]
        assert tuple(point.value for point in found) == rounded(*figures)
    assert of_seed.data.metrics["epoch.seconds"] > 0
    assert run.inputs
    contexts = {entry.tags[0].value for entry in run.inputs.dataset_inputs}
    # `evaluate` goes on with the run.
    assert contexts == {"train", "dev", "test"}
    assert of_seed.outputs
    assert len(of_seed.outputs.model_outputs) == 1


@pytest.mark.usefixtures("own_folder")
def test_training_again_gives_the_same_to_the_bit() -> None:
    before = files(Path("models")), (RESULTS / "history.csv").read_bytes()
    train.run("sample", "glre")
    assert (files(Path("models")), (RESULTS / "history.csv").read_bytes()) == before


@pytest.mark.usefixtures("own_folder")
def test_an_interrupted_run_goes_on_in_mlflow_and_on_disk(finished_folder: Path) -> None:
    interrupt_after(2)
    (before, of_seed) = runs("train")
    assert before.info.status == of_seed.info.status == "KILLED"
    assert [path.name for path in CHECKPOINTS.rglob("epoch-*")] == ["epoch-0002"]
    train.run("sample", "glre")
    run, of_seed = runs("train")
    assert run.info.run_id == before.info.run_id == read_run_id(RESULTS / "train_run.json")
    assert run.info.status == of_seed.info.status == "FINISHED"
    for name in STEP_FIGURES:
        steps = [point.step for point in client().get_metric_history(of_seed.info.run_id, name)]
        assert steps == list(range(1, EPOCHS + 1))
    assert files(Path("models")) == files(finished_folder / "models")
    assert (RESULTS / "history.csv").read_bytes() == (finished_folder / RESULTS / "history.csv").read_bytes()
    assert not CHECKPOINTS.exists()


@pytest.mark.usefixtures("own_folder")
def test_after_a_change_nothing_of_the_interrupted_run_is_used() -> None:
    change(seeds=[2, 3])
    interrupt_after(EPOCHS + 1)
    stopped = {run.info.run_id for run in runs("train")}
    change(seeds=[3], learning_rate=1.0e-3, epochs=1)
    train.run("sample", "glre")
    assert [path.name for path in Path("models/sample/glre").iterdir()] == ["seed-3"]
    assert [(row["seed"], row["epoch"]) for row in history()] == [("3", "1")]
    run = client().get_run(str(read_run_id(RESULTS / "train_run.json")))
    assert run.info.run_id not in stopped
    assert run.data.params["training.learning_rate"] == "0.001"


@pytest.mark.usefixtures("own_folder")
def test_an_epoch_that_was_saved_and_not_logged_is_logged_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def save_and_stop(trainee: Trainee, origin: str, folder: Path, processes: Processes) -> None:
        save_checkpoint(trainee, origin, folder, processes)
        if trainee.epoch == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(training_run, "save_checkpoint", save_and_stop)
    with pytest.raises(KeyboardInterrupt):
        train.run("sample", "glre")
    train.run("sample", "glre")
    _, of_seed = runs("train")
    for name in STEP_FIGURES:
        steps = [point.step for point in client().get_metric_history(of_seed.info.run_id, name)]
        assert steps == list(range(1, EPOCHS + 1))


@pytest.mark.usefixtures("own_folder")
def test_the_model_of_a_seed_that_was_finished_is_logged_once() -> None:
    change(seeds=[1, 2], epochs=1)
    interrupt_after(2)
    train.run("sample", "glre")
    for of_seed in runs("train")[1:]:
        assert of_seed.outputs
        assert len(of_seed.outputs.model_outputs) == 1


@pytest.mark.usefixtures("own_folder")
def test_when_the_removal_of_the_checkpoints_was_cut_short(finished_folder: Path) -> None:
    remove = shutil.rmtree

    def cut_short(folder: Path | str, ignore_errors: bool = False, **_: object) -> None:
        if Path(folder).parent != CHECKPOINTS.parent:
            remove(folder, ignore_errors)
            return
        for state in Path(folder).rglob("state.json"):
            state.unlink()
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "rmtree", cut_short)
        with pytest.raises(KeyboardInterrupt):
            train.run("sample", "glre")
    train.run("sample", "glre")
    assert files(Path("models")) == files(finished_folder / "models")


@pytest.mark.usefixtures("own_folder")
def test_candidates_that_no_pair_fits() -> None:
    settings = yaml.safe_load(Path("params.yaml").read_text())
    settings["datasets"]["sample"]["candidates"] = [{"head": "chemical", "tail": "disease"}]
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    with pytest.raises(InputError, match="candidate"):
        train.run("sample", "glre")


def test_a_loss_that_is_not_finite_leaves_nothing(own_folder: Path) -> None:
    for folder in ("models", "results"):
        (own_folder / folder).rename(own_folder / f"earlier {folder}")
    states = np.load("data/features/sample/minilm/train.npy", mmap_mode="r+")
    states[5] = np.nan
    states.flush()
    with pytest.raises(InputError, match=r"^training, epoch 1: found a loss of nan"):
        train.run("sample", "glre")
    assert not (own_folder / "models").exists()
    assert not (own_folder / "results").exists()
    assert [path.name for path in CHECKPOINTS.rglob("*") if path.is_file()] == ["run.json"]
    run, of_seed = runs("train")
    assert run.info.status == of_seed.info.status == "FAILED"
    assert "a loss of nan" in run.data.tags["error"]


@pytest.mark.usefixtures("own_folder")
def test_features_of_other_layers_than_the_settings_say() -> None:
    settings = yaml.safe_load(Path("params.yaml").read_text())
    settings["encoders"]["minilm"]["layers"] = [2]
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    with pytest.raises(InputError, match="glre encode"):
        train.run("sample", "glre")


@pytest.mark.usefixtures("own_folder")
def test_with_word_vectors_in_place_of_an_encoder() -> None:
    train.run("sample", "without_bert")
    settings = load_settings(Path("models/sample/without_bert/seed-1"))
    assert settings.words.encoder.kind == "word_vectors"
    assert settings.words.identity == "word vectors, learned with the model"
    assert "the" in settings.words.vocabulary
    run, _ = runs("train")
    assert "input.data/features/sample/minilm" not in run.data.tags
    assert run.data.tags["encoder"] == "word_vectors"


def test_before_encode(own_folder: Path) -> None:
    (own_folder / "data/features/sample/minilm/train.json").unlink()
    with pytest.raises(InputError, match=r"train\.npy: found no hidden states; expected the output of `glre encode"):
        train.run("sample", "glre")


@pytest.mark.usefixtures("finished")
def test_unknown_names() -> None:
    with pytest.raises(InputError, match="datasets: found 'other'; expected one of sample"):
        train.run("other", "glre")
    with pytest.raises(InputError, match="experiments: found 'other'; expected one of glre"):
        train.run("sample", "other")


def test_the_run_id_is_json(finished: Path) -> None:
    assert list(json.loads((finished / RESULTS / "train_run.json").read_text())) == ["run_id"]


@pytest.mark.usefixtures("own_folder")
def test_two_processes_leave_what_one_does() -> None:
    settings = yaml.safe_load(Path("params.yaml").read_text())
    # Each process draws a dropout of its own.
    settings["defaults"]["model"] |= {name: 0.0 for name in settings["defaults"]["model"] if name.endswith("dropout")}
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    train.run("sample", "glre")
    alone, names = history(), sorted(files(MODEL))
    shutil.rmtree(MODEL.parent)
    launch = ["accelerate", "launch", "--multi_gpu", "--num_processes", "2", "--num_machines", "1", "--no_python"]
    launch += ["--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0"]
    scripts = Path(sys.executable).parent
    ended = subprocess.run(
        [scripts / launch[0], *launch[1:], scripts / "glre", "train", "--dataset", "sample"],
        env=os.environ | {"ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert ended.returncode == 0, ended.stderr
    assert sorted(files(MODEL)) == names
    assert not CHECKPOINTS.exists()
    for together, expected in zip(history(), alone, strict=True):
        assert float(together["loss"]) == pytest.approx(float(expected["loss"]), rel=1e-3)
        assert float(together["dev_f1"]) == pytest.approx(float(expected["dev_f1"]), abs=1e-6)
    assert [run.info.status for run in runs("train")] == ["FINISHED"] * 4
