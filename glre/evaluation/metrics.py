"""Precision, recall, F1 and Ign F1, micro-averaged over facts: (document, head, tail, relation)."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd


@dataclass(frozen=True, slots=True)
class Counts:
    """Facts predicted, gold, and both; `seen_true_positives` are the correct predictions known from training."""

    true_positives: int
    predicted: int
    facts: int
    seen_true_positives: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """Fractions from 0 to 1, 0 where nothing was predicted or nothing is gold; `support` is the number of gold facts.

    Ign F1 as DocRED's scorer takes it: correct predictions seen in training leave the precision, not the recall.
    """

    precision: float
    recall: float
    f1: float
    ign_precision: float
    ign_f1: float
    support: int


def count_all(predictions: pd.DataFrame) -> Counts:
    """Counts over rows of a predictions table."""
    return count_each(predictions, np.zeros(len(predictions), dtype=np.int64), 1)[0]


def count_each(predictions: pd.DataFrame, bucket: npt.NDArray[np.int64], buckets: int) -> tuple[Counts, ...]:
    """Counts of each of `buckets` parts of the rows; `bucket` [rows] says in which one a row is."""
    predicted, gold, seen = (predictions[name].to_numpy() for name in ("predicted", "gold", "seen_in_train"))
    columns = (predicted & gold, predicted, gold, predicted & gold & seen)
    counted = [np.bincount(bucket[column], minlength=buckets).tolist() for column in columns]
    return tuple(Counts(*of_bucket) for of_bucket in zip(*counted, strict=True))


def macro_f1(counts: Iterable[Counts]) -> float:
    """The mean F1 of those that have gold facts, 0 where none has: each weighs the same, however rare."""
    f1 = [metrics(each).f1 for each in counts if each.facts]
    return sum(f1) / len(f1) if f1 else 0.0


def metrics(counts: Counts) -> Metrics:
    """The metrics that follow from the counts."""
    precision = _ratio(counts.true_positives, counts.predicted)
    recall = _ratio(counts.true_positives, counts.facts)
    ign_precision = _ratio(
        counts.true_positives - counts.seen_true_positives, counts.predicted - counts.seen_true_positives
    )
    return Metrics(
        precision=precision,
        recall=recall,
        f1=_harmonic_mean(precision, recall),
        ign_precision=ign_precision,
        ign_f1=_harmonic_mean(ign_precision, recall),
        support=counts.facts,
    )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _harmonic_mean(first: float, second: float) -> float:
    return 2 * first * second / (first + second) if first + second else 0.0
