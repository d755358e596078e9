"""`dvc repro` from an empty repository, and once more."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from dvc.repo import Repo
from small_sample import EPOCHS
from workspaces import STAGES, TARGET, Workspace, copy_tree, ran

from glre.documents.table import SCHEMA as DOCUMENTS
from glre.evaluation.predictions import SCHEMA as PREDICTIONS
from glre.grid.params import read_settings

RESULTS = "results/sample/glre"
TABLES = ("seeds", "history", "distance", "mentions", "sentence", "relation", "frequency")
SPLITS = ("train", "dev", "test")


def test_every_output_is_there(undisturbed: Workspace) -> None:
    expected = {f"data/raw/sample/{split}.PubTator.txt" for split in SPLITS}
    of_documents = (*(f"{split}.parquet" for split in SPLITS), "statistics.json", "passed_over.json")
    expected |= {f"data/processed/sample/{name}" for name in of_documents}
    expected |= {f"data/features/sample/minilm/{split}.{kind}" for split in SPLITS for kind in ("npy", "json")}
    expected |= {
        f"models/sample/glre/seed-1/{name}" for name in ("dev_curve.json", "model.safetensors", "settings.json")
    }
    expected |= {f"{RESULTS}/{name}" for name in ("metrics.json", "predictions.parquet", "train_run.json")}
    expected |= {f"{RESULTS}/{name}.csv" for name in TABLES}
    folders = ("data/raw", "data/processed", "data/features", "models", "results")
    assert set(undisturbed.files(*folders)) == expected
    assert undisturbed.leftovers() == []


def test_the_outputs_keep_their_contracts(undisturbed: Workspace) -> None:
    root = undisturbed.root
    for split in SPLITS:
        assert pq.read_schema(root / f"data/processed/sample/{split}.parquet").equals(DOCUMENTS)
    predictions = pq.read_schema(root / RESULTS / "predictions.parquet")
    assert predictions.equals(PREDICTIONS)
    assert " ".join(predictions.names[:12]) == (
        "split seed document_id head_id tail_id relation score predicted gold seen_in_train distance mentions"
    )
    statistics = json.loads((root / "data/processed/sample/statistics.json").read_text())
    assert list(statistics) == list(SPLITS)
    for counts in statistics.values():
        assert " ".join(counts) == (
            "documents sentences words entities mentions positive_pairs negative_pairs excluded_pairs facts"
        )
    metrics = json.loads((root / RESULTS / "metrics.json").read_text())
    assert list(metrics) == ["dev", "test"]
    for split, figures in metrics.items():
        assert {"precision", "recall", "f1", "ign_f1", "threshold"} <= set(figures)
        assert all(0 <= figures[name] <= 1 for name in figures if name not in ("support", "seeds"))
        assert figures["support"] == statistics[split]["facts"]


def test_nothing_that_dvc_keeps_is_left_for_git(undisturbed: Workspace) -> None:
    tracked = undisturbed.run("git", "ls-files").stdout.splitlines()
    assert "dvc.lock" in tracked
    assert f"{RESULTS}/metrics.json" in tracked
    assert f"{RESULTS}/predictions.parquet" not in tracked
    assert not [name for name in tracked if name.startswith(("data/", "models/")) and "data/sample" not in name]
    assert undisturbed.run("git", "status", "--porcelain").stdout == ""


def test_each_stage_that_ran_has_a_run_in_mlflow(undisturbed: Workspace) -> None:
    runs = undisturbed.runs()
    names = [(run.info.run_name, run.data.tags["dvc_stage"], run.info.status) for run in runs]
    assert names == [
        ("download sample", "download@sample", "FINISHED"),
        ("preprocess sample", "preprocess@sample", "FINISHED"),
        ("encode sample-minilm", "encode@sample-minilm", "FINISHED"),
        ("train sample-glre", "train@sample-glre", "FINISHED"),
        ("train sample-glre seed 1", "train@sample-glre", "FINISHED"),
    ]
    # The first commit: the second came when they had run.
    first = undisturbed.run("git", "rev-list", "--max-parents=0", "HEAD").stdout.strip()
    for run in runs:
        assert {name: run.data.tags[name] for name in ("dataset", "git_commit", "git_dirty")} == {
            "dataset": "sample",
            "git_commit": first,
            "git_dirty": "false",
        }
    assert str(undisturbed.root / "mlartifacts") in runs[3].info.artifact_uri


def test_the_runs_name_their_inputs_as_dvc_lock_does(undisturbed: Workspace) -> None:
    stages = yaml.safe_load((undisturbed.root / "dvc.lock").read_text())["stages"]
    outputs = {entry["path"]: entry["md5"] for stage in stages.values() for entry in stage["outs"]}
    (preprocess,) = undisturbed.runs(stage="preprocess")
    assert preprocess.data.tags["input.data/raw/sample"] == outputs["data/raw/sample"]
    for run in undisturbed.runs(stage="train"):
        assert run.data.tags["input.data/features/sample/minilm"] == outputs["data/features/sample/minilm"]
    # `evaluate` went on with the run of `train`.
    assert undisturbed.runs(stage="train")[0].data.tags["input.models/sample/glre"] == outputs["models/sample/glre"]


def test_evaluate_puts_its_figures_into_the_run_of_train(undisturbed: Workspace) -> None:
    run, of_seed = undisturbed.runs(stage="train")
    assert json.loads((undisturbed.root / RESULTS / "train_run.json").read_text()) == {"run_id": run.info.run_id}
    assert run.data.tags["evaluate.dvc_stage"] == TARGET
    metrics = json.loads((undisturbed.root / RESULTS / "metrics.json").read_text())
    for split, figures in metrics.items():
        for name, value in figures.items():
            assert run.data.metrics[f"{split}.{name}"] == pytest.approx(value, abs=1e-6)
    assert [point.step for point in undisturbed.mlflow().get_metric_history(of_seed.info.run_id, "epoch.dev_f1")] == [
        *range(1, EPOCHS + 1)
    ]


def test_a_second_repro_runs_nothing_and_says_so(undisturbed: Workspace) -> None:
    before = len(undisturbed.runs()), undisturbed.files("results")
    output = undisturbed.dvc("repro", TARGET)
    assert ran(output) == []
    assert [line for line in output.splitlines() if "didn't change, skipping" in line] == [
        f"Stage '{stage}' didn't change, skipping" for stage in STAGES
    ]
    assert "Data and pipelines are up to date." in output
    assert (len(undisturbed.runs()), undisturbed.files("results")) == before


@pytest.fixture
def copy(undisturbed: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of the finished workspace, for this process to ask DVC about."""
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(tmp_path / "site"))
    copy_tree(undisturbed.root, tmp_path / "glre", [".dvc/cache/runs", ".dvc/tmp", "mlartifacts"])
    monkeypatch.chdir(tmp_path / "glre")
    return tmp_path / "glre"


def first_stale(root: Path) -> str | None:
    """The first stage that `dvc repro` would run."""
    with Repo(str(root)) as repo:
        stages = repo.reproduce(targets=[TARGET], dry=True)
    return min((stage.addressing for stage in stages), key=STAGES.index, default=None)


SETTINGS = {
    "another experiment's": (("experiments", "without_local", "settings"), {}, None),
    "another experiment's datasets": (("experiments", "without_local", "datasets"), [], None),
    "training": (("defaults", "training", "patience"), 9, "train@sample-glre"),
    "the experiment's": (("experiments", "glre", "settings"), {"model": {"heads": 2}}, "train@sample-glre"),
    "the encoder's": (("encoders", "minilm", "layers"), [2], "encode@sample-minilm"),
    "a split": (
        ("datasets", "sample", "splits", "dev"),
        [{"file": "dev.PubTator.txt", "stop": 7}],
        "preprocess@sample",
    ),
    "a checksum": (("datasets", "sample", "files", "dev.PubTator.txt", "sha256"), "0" * 64, "download@sample"),
}
CODE = {
    "glre/cli.py": None,
    "glre/corpora/transfer.py": "download@sample",
    "glre/text/words.py": "preprocess@sample",
    "glre/encoding/tokenization/windows.py": "encode@sample-minilm",
    "glre/settings/encoders.py": "encode@sample-minilm",
    "glre/settings/training.py": "train@sample-glre",
    "glre/systems/glre/settings.py": "train@sample-glre",
    "glre/systems/glre/global_representation.py": "train@sample-glre",
    "glre/systems/layers/pooling.py": "train@sample-glre",
    "glre/systems/registry.py": None,
    "glre/systems/another/system.py": None,
    "glre/evaluation/metrics.py": "evaluate@sample-glre",
}


def test_a_change_makes_stale_what_depends_on_it_and_no_more(copy: Path) -> None:
    original = (copy / "params.yaml").read_text()
    for name, (keys, value, expected) in SETTINGS.items():
        settings = section = yaml.safe_load(original)
        for key in keys[:-1]:
            section = section[key]
        section[keys[-1]] = value
        (copy / "params.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))
        assert first_stale(copy) == expected, name
    (copy / "params.yaml").write_text(original)
    for file, expected in CODE.items():
        code = (copy / file).read_text() if (copy / file).exists() else ""
        (copy / file).parent.mkdir(exist_ok=True)
        (copy / file).write_text(code + "# another version\n")
        assert first_stale(copy) == expected, file
        (copy / file).write_text(code)
    assert first_stale(copy) is None


def test_the_grid_is_that_of_the_settings(undisturbed: Workspace) -> None:
    grid = read_settings(undisturbed.root / "params.yaml").grid
    stages = {line.split()[0] for line in undisturbed.dvc("stage", "list", "--name-only").splitlines()}
    points = {f"{stage}@{name}" for stage in ("train", "evaluate") for name in grid.points}
    assert points | set(STAGES[:3]) | {"report_sample"} == stages
    assert "sample-without_global" in grid.points
