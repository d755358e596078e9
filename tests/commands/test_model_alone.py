"""A model's folder is all that it takes to predict: names, thresholds and all."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = (
    "7|t|Velorin and rash\n7|a|Velorin caused a rash.\n7\t0\t7\tVelorin\tChemical\tD1\n7\t12\t16\trash\tDisease\tD2\n"
)


@pytest.fixture
def alone(finished_folder: Path, tmp_path: Path) -> Path:
    """A folder with nothing but a model and a file."""
    shutil.copytree(finished_folder / "models/sample/glre/seed-1", tmp_path / "model")
    (tmp_path / "mine.txt").write_text(TEXT)
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`glre predict` in the folder, in a process of its own that knows no store."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_TRACKING")}
    command = [sys.executable, "-c", "from glre.cli import main; main()", "predict", "model", "mine.txt", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_names_and_a_wished_precision_come_with_the_model(alone: Path) -> None:
    curve = json.loads((alone / "model/dev_curve.json").read_text())
    best = max(curve["precision"])
    asked = run(alone, "--min-precision", str(best))
    assert asked.returncode == 0, asked.stderr
    last = max(place for place, precision in enumerate(curve["precision"]) if precision == best)
    assert f"threshold {curve['thresholds'][last]:.4f}, on dev precision {best:.3f}" in asked.stderr
    (line,) = run(alone, "--threshold", "0").stdout.splitlines()
    names = {relation["name"] for relation in json.loads(line)["relations"]}
    assert names == {"chemical-induced disease"}
    assert sorted(path.name for path in alone.iterdir()) == ["mine.txt", "model"]


def test_a_precision_out_of_reach_is_refused_in_one_line(alone: Path) -> None:
    content = {"thresholds": [0.9], "precision": [0.5], "recall": [1.0]}
    (alone / "model/dev_curve.json").write_text(json.dumps(content))
    refused = run(alone, "--min-precision", "0.9")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "error: --min-precision: found 0.9; expected at most 0.500, the highest on dev\n"
