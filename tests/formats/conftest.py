"""A trained model that is asked by the command, loaded once for all inputs of a file of tests."""

from pathlib import Path

import pytest
from predicting import Predict

from glre.commands import predict as stage
from glre.prediction.predictor import Predictor


@pytest.fixture
def model(finished_folder: Path) -> Path:
    return finished_folder / "models/sample/glre"


@pytest.fixture(scope="module")
def predictor(finished_folder: Path) -> Predictor:
    """Of the model, loaded once for all inputs."""
    return Predictor.load(finished_folder / "models/sample/glre")


@pytest.fixture
def predict(
    model: Path,
    predictor: Predictor,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Predict:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(Predictor, "load", lambda *_: predictor)
    # For a process of one command, which it makes quicker.
    monkeypatch.setattr(stage, "leave_out_of_collections", lambda: None)
    return Predict(model, capsys, monkeypatch)
