"""The decision threshold: one value for all relations, chosen on dev for best F1, then applied to test."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from glre.documents.document import Document
from glre.evaluation.document_scores import DocumentScores, aligned
from glre.evaluation.gold import pair_labels


@dataclass(frozen=True, slots=True)
class Threshold:
    """Scores of at least `value` are predictions; `f1` is what that gave where the value was chosen."""

    value: float
    f1: float


UNDECIDED = Threshold(0.5, 0.0)
"""Where no score belongs to a gold fact, every threshold has F1 0 and none is better than another."""


def best_threshold(scores: npt.NDArray[np.floating[Any]], gold: npt.NDArray[np.bool_], facts: int) -> Threshold:
    """The threshold of best F1 over all distinct scores; the highest where several are best.

    `scores` (probabilities) and `gold` have the same shape; `facts` is the number of gold facts, also those without a
    score. The value lies midway between the lowest score taken and the next one below it (0 where there is none), so
    that rounding moves no score across. Equal scores fall on the same side. ValueError where the input doesn't fit.
    """
    if scores.shape != gold.shape:
        raise ValueError(f"scores of shape {scores.shape} with gold of shape {gold.shape}")
    positives = np.sort(scores[gold])
    if facts < positives.size:
        raise ValueError(f"{facts} facts, but {positives.size} scores of gold facts")
    if not positives.size:
        return UNDECIDED
    ordered = np.sort(scores, axis=None)
    if not (ordered[0] >= 0 and ordered[-1] <= 1):  # NaN is sorted last
        raise ValueError(f"scores from {ordered[0]} to {ordered[-1]}, not probabilities")
    # The best cut is just below the score of a gold fact: any lower one takes in wrong predictions only.
    cuts = np.unique(positives)[::-1]
    places = np.searchsorted(ordered, cuts, side="left")
    true_positives = positives.size - np.searchsorted(positives, cuts, side="left")
    f1 = 2 * true_positives / (ordered.size - places + facts)
    best = int(np.argmax(f1))
    place = int(places[best])
    lowest, below = float(cuts[best]), float(ordered[place - 1]) if place else 0.0
    middle = (lowest + below) / 2
    # Between neighbouring floating-point numbers there is no room: the middle rounds to one of them.
    return Threshold(middle if middle > below else lowest, float(f1[best]))


def threshold_for(
    documents: Sequence[Document], scores: Sequence[DocumentScores], relations: Sequence[str]
) -> Threshold:
    """The threshold of best F1 over the counted pairs of the documents; every gold fact counts."""
    if not documents:
        return UNDECIDED
    return best_threshold(*_counted(documents, scores, relations))


def threshold_at(
    value: float, documents: Sequence[Document], scores: Sequence[DocumentScores], relations: Sequence[str]
) -> Threshold:
    """The F1 that a threshold which was not chosen has over the counted pairs of the documents."""
    if not documents:
        return Threshold(value, 0.0)
    values, gold, facts = _counted(documents, scores, relations)
    predicted = values >= value
    total = int(predicted.sum()) + facts
    return Threshold(value, 2 * int((predicted & gold).sum()) / total if total else 0.0)


def _counted(
    documents: Sequence[Document], scores: Sequence[DocumentScores], relations: Sequence[str]
) -> tuple[npt.NDArray[np.floating[Any]], npt.NDArray[np.bool_], int]:
    """Scores and gold of the counted pairs, and the number of gold facts."""
    values: list[npt.NDArray[np.floating[Any]]] = []
    gold: list[npt.NDArray[np.bool_]] = []
    facts = 0
    for document, scored in aligned(documents, scores, relations):
        labels = pair_labels(document, scored.pairs, relations)
        values.append(scored.scores[labels.counted].ravel())
        gold.append(labels.gold[labels.counted].ravel())
        facts += labels.facts
    return np.concatenate(values), np.concatenate(gold), facts
