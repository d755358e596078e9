import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from mlflow import MlflowClient
from pandas import DataFrame

from glre.tracking.provenance.lineage import hash_inputs

STAGE = """
from pathlib import Path

import yaml

from glre.tracking import StageIdentity, stage_run

parameters = yaml.safe_load(Path("params.yaml").read_text())
with stage_run(StageIdentity("train", "cdr", "glre"), parameters, [Path("data"), Path("code.py")]) as run:
    run.log_dataset(Path("data"), "cdr", "train")
    run.log_metrics({"epochs": parameters["epochs"]})
"""
PIPELINE = """
stages:
  preprocess:
    cmd: mkdir -p data/sub && echo a > data/a.txt && echo b > data/sub/b.txt
    outs: [data]
  train:
    matrix: {dataset: [cdr], experiment: [glre]}
    cmd: PYTHON code.py
    deps: [code.py, data]
    params: [epochs]
"""


def test_an_experiment_in_a_copy_of_the_workspace_logs_to_the_repository(
    root: Path, found_runs: Callable[[], DataFrame], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(tmp_path / "site"))
    dvc = [sys.executable, "-m", "dvc"]
    subprocess.run([*dvc, "init", "-q", "-f"], check=True)
    (root / "code.py").write_text(STAGE)
    (root / "params.yaml").write_text("epochs: 1\n")
    (root / "dvc.yaml").write_text(PIPELINE.replace("PYTHON", sys.executable))
    (root / ".gitignore").write_text("/mlflow.db*\n/mlartifacts/\n/data\n")
    subprocess.run(["git", "add", "-A"], check=True)
    subprocess.run(["git", "commit", "-qm", "pipeline"], check=True)
    subprocess.run([*dvc, "exp", "run", "--temp", "-q", "-n", "two", "-S", "epochs=2"], check=True)

    runs = found_runs()
    assert len(runs) == 1
    found = runs.iloc[0]
    assert found["status"] == "FINISHED"
    assert found["tags.dvc_stage"] == "train@cdr-glre"
    assert found["tags.dvc_experiment"] == "two"
    assert found["tags.git_dirty"] == "true"
    assert found["params.epochs"] == "2"

    subprocess.run([*dvc, "exp", "apply", "-q", "two"], check=True)
    lock = yaml.safe_load((root / "dvc.lock").read_text())
    locked = {entry["path"]: entry["md5"] for entry in lock["stages"]["train@cdr-glre"]["deps"]}
    assert {name: found[f"tags.input.{name}"] for name in ("data", "code.py")} == locked
    assert hash_inputs([Path("data"), Path("code.py")], root, {}) == locked
    inputs = MlflowClient(f"sqlite:///{root}/mlflow.db").get_run(found["run_id"]).inputs
    assert inputs
    (dataset,) = inputs.dataset_inputs
    assert json.loads(dataset.dataset.source) == {"uri": str(root / "data")}
    assert not list((root / ".dvc" / "tmp" / "exps" / "standalone").glob("tmp*"))
