"""Looking something up in MLflow's store leaves no trace, wherever it is asked for and whatever is there."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from glre.bulk.job import run_bulk
from glre.bulk.options import BulkOptions
from glre.commands import compare, explain, leaderboard, predict, reproduce
from glre.errors import InputError
from glre.prediction.options import Options
from glre.tracking import fetch_model

MODEL = "models:/glre-sample@champion"
ONE = "7|t|Velorin and rash\n7|a|It came.\n7\t0\t7\tVelorin\tChemical\tD1\n7\t12\t16\trash\tDisease\tD2\n"
ASKED: dict[str, Callable[[], object]] = {
    "predict": lambda: predict.run(predict.Request(MODEL, ["one.txt"]), Options()),
    "explain": lambda: explain.run(MODEL, "one.txt", None, None, None, Options()),
    "bulk": lambda: run_bulk(MODEL, ["one.txt"], Path("out"), BulkOptions()),
    "leaderboard": lambda: leaderboard.run(MODEL, None, Path("result.json"), None, None),
    "reproduce": lambda: reproduce.run(MODEL),
    "compare": lambda: compare.run("table4", "sample", "http://127.0.0.1:5000"),
    "a run": lambda: fetch_model(f"runs:/{'0' * 32}"),
}


@pytest.fixture
def elsewhere(tmp_path: Path, finished_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: no repository, with a document in it."""
    (tmp_path / "one.txt").write_text(ONE, encoding="utf-8")
    shutil.copy(finished_folder / "params.yaml", tmp_path / "params.yaml")
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("uri", [None, "sqlite:///below/own.db", "mlruns", "file:mlruns"])
def test_no_store_is_one_line_and_leaves_nothing(
    asked: Callable[[], object], uri: str | None, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if uri:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    before = sorted(elsewhere.rglob("*"))
    with pytest.raises(InputError, match=r"^MLflow store .*: found no such store; expected the one"):
        asked()
    assert sorted(elsewhere.rglob("*")) == before


def test_a_store_elsewhere_stays_as_it_is(
    elsewhere: Path, finished_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = finished_folder / "mlflow.db"
    content, there = stored.read_bytes(), sorted(elsewhere.rglob("*"))
    beside = sorted(finished_folder.iterdir())
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{stored}")
    assert (fetch_model(MODEL) / "settings.json").is_file()
    ASKED["predict"]()
    assert stored.read_bytes() == content
    assert sorted(elsewhere.rglob("*")) == there
    assert sorted(finished_folder.iterdir()) == beside


def test_a_store_without_our_experiment(
    elsewhere: Path, empty_mlflow_store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(empty_mlflow_store, elsewhere / "mlflow.db")
    there = sorted(elsewhere.rglob("*"))
    with pytest.raises(InputError, match="found no such model in MLflow's store"):
        fetch_model(MODEL)
    with pytest.raises(InputError, match="found no such run in MLflow's store"):
        reproduce.run("0a1b2c3d")
    ASKED["compare"]()
    assert "none yet: dvc repro evaluate@sample-glre" in capsys.readouterr().out
    assert sorted(elsewhere.rglob("*")) == there
