"""The threshold that a model is asked with."""

from dataclasses import dataclass
from pathlib import Path

from glre.errors import InputError
from glre.evaluation.curve import CurvePoint
from glre.prediction.options import Options
from glre.systems.dev_curve import read_curve
from glre.systems.trained import CURVE, ModelSettings


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a score begins to be a prediction, and what that gave on dev where it was chosen there."""

    threshold: float
    on_dev: CurvePoint | None = None


def asked_threshold(folder: Path, settings: ModelSettings, options: Options) -> Choice:
    """What `options` come to for the model in `folder`; InputError where they can't be met."""
    if options.threshold is not None:
        return Choice(options.threshold)
    if options.min_precision is None:
        return Choice(settings.threshold)
    curve = read_curve(folder / CURVE)
    point = curve.for_precision(options.min_precision)
    if point is None:
        best = max(curve.precision, default=0.0)
        found, expected = f"{options.min_precision:g}", f"at most {best:.3f}, the highest on dev"
        raise InputError("--min-precision", found, expected)
    return Choice(point.threshold, point)
