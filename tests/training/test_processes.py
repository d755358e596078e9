"""Two processes under `accelerate launch` against one with the same batches."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

PROGRAM = Path(__file__).with_name("joint_training.py")
ROOT = PROGRAM.parents[2]
LAUNCH = ["-m", "accelerate.commands.launch", "--multi_gpu", "--num_machines", "1", "--mixed_precision", "no"]
LAUNCH += ["--dynamo_backend", "no", "--main_process_port", "0", "--num_processes"]
"""As for several GPUs, which ACCELERATE_USE_CPU then replaces: with --cpu it starts one process, or needs MPI."""
LONGEST = 240


def run(folder: Path, processes: int, epochs: int) -> Path:
    """Train in `folder`, which may hold a checkpoint already."""
    folder.mkdir(exist_ok=True)
    launch = [*LAUNCH, str(processes)] if processes > 1 else []
    ended = subprocess.run(
        [sys.executable, *launch, str(PROGRAM), str(folder), str(epochs)],
        env={
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "ACCELERATE_USE_CPU": "true",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(PROGRAM.parent)]),
            "HF_HOME": str(folder / "hf"),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )
    assert ended.returncode == 0, ended.stderr
    return folder


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained by one process, without interruption."""
    return run(tmp_path_factory.mktemp("alone"), 1, 4)


def same(found: Path, expected: Path) -> list[int]:
    """Assert equal figures and weights, up to rounding; the number of processes of the last run."""
    mine, theirs = (json.loads((folder / "history.json").read_text()) for folder in (found, expected))
    for epoch, other in zip(mine, theirs, strict=True):
        assert epoch["dev_f1"] == pytest.approx(other["dev_f1"], abs=1e-6)
        assert epoch["loss"] == pytest.approx(other["loss"], rel=1e-4)
    weights, others = (load_file(folder / "weights.safetensors") for folder in (found, expected))
    assert weights.keys() == others.keys()
    for name, value in weights.items():
        torch.testing.assert_close(value, others[name], rtol=1e-3, atol=1e-4)
    return [epoch["processes"] for epoch in mine]


def test_two_processes_train_as_one_does(tmp_path: Path, alone: Path) -> None:
    losses = [epoch["loss"] for epoch in json.loads((alone / "history.json").read_text())]
    assert len(losses) == 4
    assert losses[-1] < 0.95 * losses[0], "a model that stays as it is would always pass"
    assert same(run(tmp_path / "two", 2, 4), alone) == [2] * 4


def test_a_run_goes_on_with_another_number_of_processes(tmp_path: Path, alone: Path) -> None:
    run(tmp_path / "mixed", 1, 1)
    folder = run(tmp_path / "mixed", 2, 3)
    assert len(json.loads((folder / "history.json").read_text())) == 3
    assert same(run(folder, 1, 4), alone) == [1] * 4
