"""A threshold other than the one with the best dev F1: that of a wished precision, chosen on dev as well."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from glre.errors import InputError
from glre.evaluation.curve import CurvePoint, precision_recall_curve


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a score begins to be a prediction, and what that gave on dev where it was chosen there."""

    threshold: float
    on_dev: CurvePoint | None = None


def threshold_for_precision(predictions: pd.DataFrame, seed: int, precision: float, place: str) -> Choice:
    """The threshold with the most recall among those whose precision on dev is at least `precision`, a fraction.

    `predictions` is the table of `glre evaluate`, read from `place`. InputError where dev has no such threshold.
    """
    dev = predictions[(predictions["split"] == "dev") & (predictions["seed"] == seed)]
    if dev.empty:
        raise InputError(place, f"no scores of dev with seed {seed}", "those that `glre evaluate` writes")
    curve = precision_recall_curve(dev)
    good = np.flatnonzero(curve.precision >= precision)
    if not len(good):
        best = max(curve.precision, default=0.0)
        raise InputError("--min-precision", f"{precision:g}", f"at most {best:.3f}, the highest on dev")
    chosen = good[-1]  # recall rises along the curve
    return Choice(float(curve.thresholds[chosen]), curve.at(float(curve.thresholds[chosen])))
