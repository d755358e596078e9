"""What every threshold gives on dev, kept small beside a model: what a wished precision is chosen from."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from glre.documents.document import Document
from glre.errors import InputError
from glre.evaluation.curve import Curve, CurvePoint, curve_of
from glre.evaluation.document_scores import DocumentScores, aligned
from glre.evaluation.gold import pair_labels
from glre.settings import Section

_POINTS = 1_000
"""Most that are kept: of a larger dev, those at even steps of recall."""


class DevCurve(Section):
    """Thresholds, highest first, with the precision and recall that each gives on dev, as fractions."""

    thresholds: tuple[float, ...]
    precision: tuple[float, ...]
    recall: tuple[float, ...]

    def for_precision(self, precision: float) -> CurvePoint | None:
        """The point with the most recall among those of at least this precision; None where there is none."""
        good = np.flatnonzero(np.array(self.precision) >= precision)
        if not good.size:
            return None
        chosen = int(good[-1])  # recall rises along the curve
        return self.curve.at(self.thresholds[chosen])

    @property
    def curve(self) -> Curve:
        """The same as arrays."""
        thresholds, precision, recall = map(np.array, (self.thresholds, self.precision, self.recall))
        return Curve(thresholds, precision, recall, average_precision=float("nan"))


def dev_curve(documents: Sequence[Document], scores: Sequence[DocumentScores], relations: Sequence[str]) -> DevCurve:
    """The curve of the counted pairs' scores; every gold fact counts towards recall."""
    values, gold, facts = [np.zeros(0)], [np.zeros(0, dtype=np.bool_)], 0
    for document, scored in aligned(documents, scores, relations):
        labels = pair_labels(document, scored.pairs, relations)
        values.append(scored.scores[labels.counted].ravel().astype(np.float64))
        gold.append(labels.gold[labels.counted].ravel())
        facts += labels.facts
    found = curve_of(np.concatenate(values), np.concatenate(gold), facts).thinned(_POINTS)
    return DevCurve(
        thresholds=tuple(found.thresholds.tolist()),
        precision=tuple(found.precision.tolist()),
        recall=tuple(found.recall.tolist()),
    )


def read_curve(path: Path) -> DevCurve:
    """The curve at `path`; InputError where there is none."""
    try:
        return DevCurve.model_validate_json(path.read_bytes())
    except (OSError, ValueError):
        found = "no curve of dev" if path.exists() else "no such file"
        raise InputError(str(path), found, "that of a model as `glre train` writes it now: train it anew") from None
