import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from mlflow import MlflowClient
from small_sample import small_settings, write_settings

from glre.errors import InputError
from glre.grid.params import read_settings
from glre.tracking import (
    PARENT_VARIABLE,
    Reproduction,
    StageIdentity,
    parent_run,
    read_reproduction,
    stage_run,
)

TRAIN = StageIdentity("train", "sample", "glre", "minilm")
EVALUATE = StageIdentity("evaluate", "sample", "glre", "minilm")


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout.strip()


def change(key: str, value: object) -> None:
    content = yaml.safe_load(Path("params.yaml").read_text())
    content["defaults"]["training"][key] = value
    Path("params.yaml").write_text(yaml.safe_dump(content))


@pytest.fixture(autouse=True)
def commit(root: Path) -> str:
    """Of the work tree with settings in it."""
    write_settings(small_settings(), root)
    git("add", "params.yaml")
    git("commit", "-qm", "settings")
    return git("rev-parse", "HEAD")


def run_stages() -> str:
    """The id of a run that train and evaluate share, with figures and a child for its seed."""
    settings = read_settings().experiment("sample", "glre")
    Path("train.parquet").write_text("x")
    with stage_run(TRAIN, settings, [Path("train.parquet")]) as run, run.child(1):
        pass
    with stage_run(EVALUATE, settings, [], resume=run.run_id) as run, run.child(1):
        run.log_nested_metrics({"dev": {"f1": 0.5}, "test": {"f1": 0.25, "recall": 0.1}})
    return run.run_id


def test_a_clean_run_is_a_commit_and_a_target(commit: str) -> None:
    run_id = run_stages()
    expected = Reproduction(
        run_id=run_id,
        name="train sample-glre",
        warnings=(),
        commands=(f"git checkout {commit}", "dvc repro evaluate@sample-glre"),
        inputs={"train.parquet": "9dd4e461268c8034f5c8564e155c67a6"},
        metrics={"dev.f1": 0.5, "test.f1": 0.25},
    )
    assert read_reproduction(run_id) == expected
    assert read_reproduction(run_id[:12]) == expected


def test_the_run_of_a_seed_comes_to_its_stage(root: Path) -> None:
    run_id = run_stages()
    client = MlflowClient(f"sqlite:///{root}/mlflow.db")
    experiment = client.get_run(run_id).info.experiment_id
    (child,) = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{run_id}'")
    found = read_reproduction(child.info.run_id)
    assert (found.name, found.commands) == ("train sample-glre seed 1", read_reproduction(run_id).commands)


def test_the_run_of_a_flow_comes_to_the_stages_under_it(commit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with parent_run("pipeline", {}) as flow:
        monkeypatch.setenv(PARENT_VARIABLE, flow.run_id)
        with stage_run(StageIdentity("encode", "sample", encoder="minilm"), {}, []):
            pass
        run_stages()
    found = read_reproduction(flow.run_id)
    assert found.commands == (f"git checkout {commit}", "dvc repro encode@sample-minilm evaluate@sample-glre")


def test_a_flow_without_stages() -> None:
    with parent_run("pipeline", {}) as flow:
        pass
    with pytest.raises(InputError, match="no DVC stage in its tags"):
        read_reproduction(flow.run_id)


def test_a_version_of_a_model_comes_to_its_run(root: Path) -> None:
    run_id = run_stages()
    client = MlflowClient(f"sqlite:///{root}/mlflow.db")
    client.create_registered_model("glre-sample")
    client.create_model_version("glre-sample", source="file:///nowhere", run_id=run_id)
    client.set_registered_model_alias("glre-sample", "champion", "1")
    for reference in ("models:/glre-sample@champion", "models:/glre-sample/1"):
        assert read_reproduction(reference).run_id == run_id


def test_changed_settings_are_given_to_dvc_and_the_change_is_warned_of(
    commit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change("weight_decay", 0.25)
    change("seeds", [1, 2])
    settings = yaml.safe_load(Path("params.yaml").read_text())
    settings["experiments"]["glre"]["settings"] = {"training": {"epochs": 7}}
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    monkeypatch.setenv("DVC_EXP_NAME", "heavy-decay")
    found = read_reproduction(run_stages())
    assert found.commands == (
        f"git checkout {commit}",
        "dvc exp run -S ++datasets.sample.settings.training.epochs=7 "
        "-S '++datasets.sample.settings.training.seeds=[1, 2]' "
        "-S ++datasets.sample.settings.training.weight_decay=0.25 evaluate@sample-glre",
    )
    dirty, experiment = found.warnings
    assert dirty.startswith("tracked files had uncommitted changes")
    assert "`dvc exp apply heavy-decay`" in experiment


def test_a_commit_that_the_repository_does_not_have_is_warned_of() -> None:
    git("remote", "add", "origin", "https://example.org/group/glre")
    run_id = run_stages()
    former = git("rev-parse", "HEAD")
    shutil.rmtree(".git")
    git("init", "-q")
    git("add", "code.py")
    git("commit", "-qm", "another repository")
    (warning,) = read_reproduction(run_id).warnings
    assert warning == (
        f"this repository has no commit {former}: fetch it, or go to the run's own, "
        "which was https://example.org/group/glre"
    )


def test_stages_at_different_commits_are_warned_of(commit: str) -> None:
    settings = read_settings().experiment("sample", "glre")
    with stage_run(TRAIN, settings, []) as run:
        pass
    git("commit", "-q", "--allow-empty", "-m", "later")
    with stage_run(EVALUATE, settings, [], resume=run.run_id):
        pass
    found = read_reproduction(run.run_id)
    assert found.commands[0] == f"git checkout {git('rev-parse', 'HEAD')}"
    (warning,) = found.warnings
    assert warning.startswith(f"other stages ran at {commit};")


def test_unreadable_settings_of_another_version_are_warned_of() -> None:
    Path("params.yaml").write_text("of: another version\n")
    git("commit", "-qam", "other settings")
    with stage_run(TRAIN, {"a": 1}, []) as run:
        pass
    (warning,) = read_reproduction(run.run_id).warnings
    assert warning.startswith("params.yaml of that commit is not read by this version")


@pytest.mark.parametrize(
    "reference", ["0" * 32, "abc", "nothing of the kind", "", "models:/glre-no@champion", "models:/x"]
)
def test_what_the_store_does_not_have_is_refused(reference: str) -> None:
    with pytest.raises(InputError):
        read_reproduction(reference)


def test_digits_that_several_runs_begin_with_are_refused(root: Path) -> None:
    client = MlflowClient(f"sqlite:///{root}/mlflow.db")
    for _ in range(17):  # more than there are first digits
        with parent_run("flow", {}) as flow:
            pass
    experiment = client.get_run(flow.run_id).info.experiment_id
    first = [run.info.run_id[0] for run in client.search_runs([experiment])]
    shared = max(first, key=first.count)
    with pytest.raises(InputError, match=f"run {shared}: found {first.count(shared)} runs, .* among them"):
        read_reproduction(shared)


def test_a_setting_that_the_experiment_overrides_is_given_to_the_experiment() -> None:
    settings = yaml.safe_load(Path("params.yaml").read_text())
    settings["experiments"]["glre"]["settings"] = {"training": {"epochs": 2}, "model": {"lstm": 8}}
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    git("commit", "-qam", "an experiment's own")
    settings["experiments"]["glre"]["settings"] = {"training": {"epochs": 5}, "model": {"lstm": 8}}
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    _, command = read_reproduction(run_stages()).commands
    assert command == "dvc exp run -S ++experiments.glre.settings.training.epochs=5 evaluate@sample-glre"


def test_seeds_that_were_set_for_every_experiment_are_set_for_every_experiment() -> None:
    settings = yaml.safe_load(Path("params.yaml").read_text())
    settings["seeds"] = [7]
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    git("commit", "-qam", "one seed for all")
    settings["seeds"] = [1, 2]
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    _, command = read_reproduction(run_stages()).commands
    assert command == "dvc exp run -S '++seeds=[1, 2]' evaluate@sample-glre"
