"""What tells one model of a job from another."""

from collections.abc import Callable
from pathlib import Path

import pytest

from glre.bulk.state.record import model_hash
from glre.errors import InputError


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The files of a model with a fine-tuned encoder."""
    folder = tmp_path / "model"
    (folder / "encoder").mkdir(parents=True)
    for name in ("model.safetensors", "settings.json", "dev_curve.json", "encoder/config.json", "encoder/vocab.txt"):
        (folder / name).write_text(name)
    return folder


@pytest.mark.parametrize(
    "change",
    [
        lambda model: (model / "model.safetensors").write_text("other"),
        lambda model: (model / "settings.json").write_text("other"),
        lambda model: (model / "encoder/vocab.txt").write_text("other"),
        lambda model: (model / "encoder/added_tokens.json").write_text(""),
        lambda model: (model / "encoder/vocab.txt").rename(model / "encoder/words.txt"),
        lambda model: (model / "encoder/config.json").unlink(),
    ],
)
def test_any_other_file_makes_another_model(model: Path, change: Callable[[Path], object]) -> None:
    before = model_hash(model)
    change(model)
    assert model_hash(model) != before


def test_the_same_files_elsewhere_are_the_same_model(model: Path, tmp_path: Path) -> None:
    before = model_hash(model)
    moved = model.rename(tmp_path / "elsewhere")
    assert model_hash(moved) == before
    assert before.startswith("sha256:")


@pytest.mark.parametrize("name", ["model.safetensors", "settings.json"])
def test_half_a_model_is_refused(model: Path, name: str) -> None:
    (model / name).unlink()
    with pytest.raises(InputError, match=f"{name}: found no such file or directory; expected a model as"):
        model_hash(model)
