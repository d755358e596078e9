"""The precision–recall curve: what every threshold would have given."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

FLOOR = 0.01
"""The score above which `predictions_table` keeps every row, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What predicting every score of at least `threshold` gives, as fractions."""

    threshold: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Precision and recall of each distinct score taken as threshold, highest first; each array is [points].

    `average_precision` is the sum of each point's precision times the recall it adds.
    """

    thresholds: npt.NDArray[np.float64]
    precision: npt.NDArray[np.float64]
    recall: npt.NDArray[np.float64]
    average_precision: float

    @property
    def f1(self) -> npt.NDArray[np.float64]:
        """F1 of each point, 0 where nothing is right."""
        total = self.precision + self.recall
        return np.divide(2 * self.precision * self.recall, total, out=np.zeros_like(total), where=total > 0)

    def at(self, threshold: float) -> CurvePoint:
        """The figures of a threshold, which need not be a score; zeros where it is above all of them.

        Right for thresholds that the curve reaches down to: below its last point nothing is known.
        """
        taken = int(np.searchsorted(-self.thresholds, -threshold, side="right"))
        if not taken:
            return CurvePoint(threshold, 0.0, 0.0, 0.0)
        figures = (float(of[taken - 1]) for of in (self.precision, self.recall, self.f1))
        return CurvePoint(threshold, *figures)

    def thinned(self, points: int) -> "Curve":
        """At most `points` points to draw: the first, the last, and between them those that reach even steps of recall.

        The average precision stays that of the whole curve. ValueError for fewer than two points.
        """
        if points < 2:
            raise ValueError(f"a curve of {points} points")
        if len(self.thresholds) <= points:
            return self
        steps = np.linspace(self.recall[0], self.recall[-1], points)[:-1]
        kept = np.unique([*np.searchsorted(self.recall, steps), len(self.recall) - 1])
        return replace(self, thresholds=self.thresholds[kept], precision=self.precision[kept], recall=self.recall[kept])


def precision_recall_curve(predictions: "pd.DataFrame", floor: float = FLOOR) -> Curve:
    """The curve of one split and seed of a predictions table that was made with this `floor`.

    Recall is of all gold facts, as in metrics.py, but the curve ends where `complete_rows` do: facts below, and those
    that the model was not asked for, are never reached. Average precision, to which they add nothing, is a lower bound.
    ValueError for several splits or seeds, whose thresholds mean different things.
    """
    if len(predictions[["split", "seed"]].drop_duplicates()) > 1:
        raise ValueError("a curve of several splits or seeds")
    complete = complete_rows(predictions, floor)
    gold = predictions["gold"].to_numpy()
    return curve_of(predictions["score"].to_numpy()[complete], gold[complete], int(gold.sum()))


def curve_of(values: npt.NDArray[np.float64], gold: npt.NDArray[np.bool_], facts: int) -> Curve:
    """The curve of scores and whether each is of a gold fact, both `[scores]`, of `facts` gold facts in all."""
    scores, place = np.unique(values, return_inverse=True)
    taken = np.cumsum(np.bincount(place, minlength=len(scores))[::-1])
    true_positives = np.cumsum(np.bincount(place[gold], minlength=len(scores))[::-1])
    precision = true_positives / taken
    recall = true_positives / facts if facts else np.zeros(len(scores))
    gained = np.diff(recall, prepend=0.0)
    return Curve(scores[::-1].copy(), precision, recall, float(np.sum(gained * precision)))


def complete_rows(predictions: "pd.DataFrame", floor: float = FLOOR) -> npt.NDArray[np.bool_]:
    """The rows of counted pairs from the range of scores that the table holds whole, [rows].

    Whole above `floor`, and, where the threshold lies lower, down to the threshold. Of what is below, the table has
    the gold facts alone, which would look as if every low score were right.
    """
    predicted, excluded = predictions["predicted"].to_numpy(), predictions["excluded"].to_numpy()
    return np.asarray(((predictions["score"].to_numpy() > floor) | predicted) & ~excluded, dtype=np.bool_)
