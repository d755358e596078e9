"""How far a score can be taken for the probability that the fact holds."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from glre.evaluation.curve import FLOOR, complete_rows


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Scores above `lower` up to `upper`, included; a score of 0 is in the first bin."""

    lower: float
    upper: float
    count: int
    mean_score: float
    """The probability that the model gives."""
    fraction_gold: float
    """How often it is right."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Reliability of the scores; the bins that hold any, lowest first.

    `expected_calibration_error` is the mean over scores of the distance between their bin's mean score and its fraction
    gold; `brier_score` the mean squared distance between a score and 1 for gold, 0 for not. Both 0 where no score is.
    """

    bins: tuple[ReliabilityBin, ...]
    expected_calibration_error: float
    brier_score: float


def calibration(predictions: pd.DataFrame, bins: int = 10, floor: float = FLOOR) -> Calibration:
    """Reliability over counted candidate pairs × relations of a predictions table made with this `floor`.

    The table lacks what scored no more than the floor and is not gold, nearly all pairs in a corpus of many relations.
    With the gold facts down there alone, low scores would look far too low; so the rows are those of `complete_rows`
    and the lowest bin begins at the floor. The figures say how good the scores above it are, and are not to be compared
    with figures over all pairs: where most pairs are rightly given next to nothing, those make both errors smaller.
    Gold facts that the model was not asked for have no score and take no part.

    The bins are equally wide, `bins` from 0 to 1. With equal counts they would crowd where the scores do, just above
    the floor, and leave few to the range in which facts are decided; nor could equal scores be kept together.
    Rows of several seeds are taken together. ValueError where `bins` is not positive.
    """
    if bins < 1:
        raise ValueError(f"{bins} bins")
    complete = complete_rows(predictions, floor)
    scores, gold = (predictions[name].to_numpy()[complete].astype(np.float64) for name in ("score", "gold"))
    if not scores.size:
        return Calibration((), 0.0, 0.0)
    edges = np.arange(bins + 1) / bins
    place = np.clip(np.searchsorted(edges, scores) - 1, 0, None)
    count = np.bincount(place, minlength=bins)
    filled = np.flatnonzero(count)
    mean, fraction = (np.bincount(place, of, minlength=bins)[filled] / count[filled] for of in (scores, gold))
    start = min(floor, float(scores.min()))
    return Calibration(
        tuple(
            ReliabilityBin(max(float(edges[number]), start), float(edges[number + 1]), *figures)
            for number, *figures in zip(
                filled.tolist(), count[filled].tolist(), mean.tolist(), fraction.tolist(), strict=True
            )
        ),
        expected_calibration_error=float(np.sum(count[filled] * np.abs(mean - fraction)) / scores.size),
        brier_score=float(np.mean((scores - gold) ** 2)),
    )
