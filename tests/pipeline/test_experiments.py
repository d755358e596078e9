"""What a DVC user expects of metrics, plots and experiments."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from mlflow.entities import Run
from small_sample import EPOCHS
from workspaces import STAGES, TARGET, Workspace, copy_tree

RESULTS = "results/sample/glre"
EPOCHS_SET, RATE_SET = "defaults.training.epochs", "defaults.training.learning_rate"


@pytest.fixture(scope="module")
def experimented(undisturbed: Workspace, tmp_path_factory: pytest.TempPathFactory, store: Path) -> Workspace:
    """A copy of the finished workspace after an experiment apart from it, `apart`, and one in it, `here`."""
    workspace = Workspace(tmp_path_factory.mktemp("experimented") / "glre", undisturbed.environment)
    copy_tree(undisturbed.root, workspace.root, [".dvc/tmp", "mlartifacts", "mlflow.db", "mlflow.db.lock"])
    shutil.copy(store, workspace.root / "mlflow.db")
    workspace.dvc("exp", "run", "--temp", "--name", "apart", "--set-param", f"{EPOCHS_SET}=2", TARGET)
    assert workspace.run("git", "status", "--porcelain").stdout == ""
    changes = [f"--set-param={EPOCHS_SET}=1", f"--set-param={RATE_SET}=0.0005"]
    workspace.dvc("exp", "run", "--name", "here", *changes, TARGET)
    return workspace


@pytest.fixture(scope="module")
def shown(experimented: Workspace) -> dict[str, dict[str, str]]:
    """What `dvc exp show` says, by experiment."""
    rows = csv.DictReader(experimented.dvc("exp", "show", "--csv").splitlines())
    return {row["Experiment"] or row["rev"]: row for row in rows}


def metrics(workspace: Workspace) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((workspace.root / RESULTS / "metrics.json").read_text())
    return content


def test_metrics_show(undisturbed: Workspace) -> None:
    found = json.loads(undisturbed.dvc("metrics", "show", "--json"))
    assert found[""]["data"][f"{RESULTS}/metrics.json"]["data"] == metrics(undisturbed)
    table = undisturbed.dvc("metrics", "show", f"{RESULTS}/metrics.json")
    assert "test.f1" in table
    assert str(round(metrics(undisturbed)["test"]["f1"], 5)) in table


def test_metrics_diff(experimented: Workspace, undisturbed: Workspace) -> None:
    found = json.loads(experimented.dvc("metrics", "diff", "--json"))[f"{RESULTS}/metrics.json"]
    assert found["test.threshold"]["old"] == metrics(undisturbed)["test"]["threshold"]
    assert found["test.threshold"]["new"] == metrics(experimented)["test"]["threshold"]
    assert found["test.threshold"]["diff"] != 0


def test_params_diff(experimented: Workspace) -> None:
    found = json.loads(experimented.dvc("params", "diff", "--json"))
    changes = {name: (change["old"], change["new"]) for name, change in found["params.yaml"].items()}
    assert changes == {EPOCHS_SET: (EPOCHS, 1), RATE_SET: (0.002, 0.0005)}


def test_exp_show_lists_the_changed_parameter_and_the_metrics(
    shown: dict[str, dict[str, str]], experimented: Workspace, undisturbed: Workspace
) -> None:
    changed = {name: (row[EPOCHS_SET], row[RATE_SET]) for name, row in shown.items()}
    expected = {"apart": ("2", "0.002"), "here": ("1", "0.0005"), "workspace": ("1", "0.0005")}
    assert changed | expected == changed
    for figure in ("dev.f1", "test.precision", "test.recall", "test.f1"):
        split, name = figure.split(".")
        assert float(shown["here"][figure]) == metrics(experimented)[split][name]
        assert shown["workspace"][figure] == shown["here"][figure]
    (committed,) = [row for row in shown.values() if row[EPOCHS_SET] == str(EPOCHS)]
    assert float(committed["test.f1"]) == metrics(undisturbed)["test"]["f1"]


def runs_of(workspace: Workspace, name: str) -> list[Run]:
    return [run for run in workspace.runs() if run.data.tags.get("dvc_experiment") == name]


@pytest.mark.parametrize(("name", "epochs"), [("apart", "2"), ("here", "1")])
def test_an_experiment_logs_to_the_store_of_its_repository(experimented: Workspace, name: str, epochs: str) -> None:
    (run,) = [run for run in runs_of(experimented, name) if run.info.run_name == "train sample-glre"]
    assert run.info.status == "FINISHED"
    assert run.data.params["training.epochs"] == epochs
    assert run.data.tags["git_dirty"] == "true"
    assert "test.f1" in run.data.metrics
    assert run.info.artifact_uri.startswith(f"file://{experimented.root}/mlartifacts/")
    artifacts = {entry.path for entry in experimented.mlflow().list_artifacts(run.info.run_id)}
    assert {"metrics.json", "predictions.parquet"} <= artifacts


def test_an_experiment_apart_leaves_nothing_behind(experimented: Workspace) -> None:
    copies = experimented.root / ".dvc/tmp/exps/standalone"
    assert not [path for path in copies.glob("*") if (path / "dvc.yaml").exists()]
    assert experimented.leftovers() == []
    assert {run.info.status for run in experimented.runs()} == {"FINISHED"}


def test_plots_show_writes_a_page_of_all_plots(experimented: Workspace) -> None:
    place = experimented.dvc("plots", "show", "--out", "page").strip().splitlines()[-1]
    page = experimented.root / "page/index.html"
    assert place == page.as_uri()
    text = page.read_text()
    for name in ("history", "distance", "mentions"):
        assert f"{RESULTS}/{name}.csv" in text


def plot(workspace: Workspace, name: str) -> dict[str, Any]:
    drawn: dict[str, Any] = json.loads(workspace.dvc("plots", "show", f"{RESULTS}/{name}.csv", "--show-vega"))
    return drawn


@pytest.mark.parametrize("name", ["distance", "mentions"])
def test_breakdowns_are_drawn_as_bars_of_named_buckets_for_each_split(experimented: Workspace, name: str) -> None:
    drawn = plot(experimented, name)
    encoding = drawn["encoding"]
    assert (encoding["x"]["field"], encoding["x"]["type"]) == ("bucket", "nominal")
    assert (encoding["y"]["field"], encoding["column"]["field"]) == ("f1", "split")
    with (experimented.root / RESULTS / f"{name}.csv").open(newline="") as file:
        expected = [(row["split"], row["bucket"], row["f1"]) for row in csv.DictReader(file)]
    assert [(row["split"], row["bucket"], row["f1"]) for row in drawn["data"]["values"]] == expected


def test_the_history_is_drawn_as_a_line_for_each_seed(experimented: Workspace) -> None:
    encoding = plot(experimented, "history")["encoding"]
    assert (encoding["x"]["field"], encoding["y"]["field"]) == ("epoch", "dev_f1")
    assert encoding["strokeDash"]["field"] == "seed"


def test_going_back_to_a_commit_runs_nothing(experimented: Workspace, undisturbed: Workspace) -> None:
    before = len(experimented.runs())
    experimented.run("git", "checkout", "--", ".")
    experimented.dvc("checkout", *STAGES[3:])
    assert experimented.repro() == []
    folders = ("data/processed", "models", "results")
    assert experimented.files(*folders) == undisturbed.files(*folders)
    assert len(experimented.runs()) == before
