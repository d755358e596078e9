from pathlib import Path

import pytest
from small_models import model_settings
from untrained import CURVE, written

from glre.errors import InputError
from glre.prediction.options import Options
from glre.prediction.thresholds import Choice, asked_threshold
from glre.systems.dev_curve import DevCurve
from glre.systems.trained import load_settings


@pytest.fixture
def model(tmp_path: Path) -> Path:
    written(tmp_path / "model", model_settings(), Options())
    return tmp_path / "model"


def write(curve: DevCurve, model: Path) -> None:
    (model / "dev_curve.json").write_text(curve.model_dump_json())


def chosen(model: Path, options: Options) -> Choice:
    return asked_threshold(model, load_settings(model), options)


def test_without_a_wish_it_is_the_models_own(model: Path) -> None:
    (model / "dev_curve.json").unlink()
    assert chosen(model, Options()) == Choice(0.5)
    assert chosen(model, Options(threshold=0.2)) == Choice(0.2)


@pytest.mark.parametrize(
    ("precision", "threshold", "recall"), [(0.9, 0.9, 1 / 3), (0.7, 0.6, 1.0), (0.61, 0.6, 1.0), (0.6, 0.5, 1.0)]
)
def test_the_most_recall_at_that_precision(precision: float, threshold: float, recall: float, model: Path) -> None:
    write(
        DevCurve(
            thresholds=(0.9, 0.8, 0.7, 0.6, 0.5),
            precision=(1.0, 1 / 2, 2 / 3, 3 / 4, 3 / 5),
            recall=(1 / 3, 1 / 3, 2 / 3, 1.0, 1.0),
        ),
        model,
    )
    found = chosen(model, Options(min_precision=precision))
    assert found.threshold == threshold
    assert found.on_dev is not None
    assert found.on_dev.precision >= precision
    assert found.on_dev.recall == pytest.approx(recall)


@pytest.mark.parametrize(
    ("curve", "best"),
    [
        (DevCurve(thresholds=(0.9, 0.7), precision=(0.25, 0.5), recall=(0.5, 1.0)), r"0\.500"),
        (DevCurve(thresholds=(), precision=(), recall=()), r"0\.000"),
    ],
)
def test_a_precision_that_dev_never_reaches(curve: DevCurve, best: str, model: Path) -> None:
    write(curve, model)
    with pytest.raises(InputError, match=f"--min-precision: found 0.9; expected at most {best}, the highest on dev"):
        chosen(model, Options(min_precision=0.9))


def test_a_model_without_a_curve_says_so(model: Path) -> None:
    assert chosen(model, Options(min_precision=0.7)).threshold == CURVE.thresholds[1]
    (model / "dev_curve.json").write_text("{")
    with pytest.raises(InputError, match=r"dev_curve\.json: found no curve of dev; expected .*train it anew"):
        chosen(model, Options(min_precision=0.7))
    (model / "dev_curve.json").unlink()
    with pytest.raises(InputError, match=r"dev_curve\.json: found no such file; expected .*train it anew"):
        chosen(model, Options(min_precision=0.7))
