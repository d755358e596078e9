"""Points with their predictions, for the parts of a page that are made from these."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from glre.reporting.points.reported_point import ReportedPoint, Results


@dataclass(frozen=True, slots=True, eq=False)
class PointPredictions:
    """A point's results with the predictions of the split that is reported."""

    experiment: str
    results: Results
    predictions: pd.DataFrame


def with_predictions(points: Sequence[ReportedPoint]) -> list[PointPredictions]:
    """Those of the points that have predictions."""
    found = []
    for point in points:
        if point.results is not None and point.results.predictions is not None:
            table = point.results.predictions
            found.append(
                PointPredictions(point.experiment, point.results, table[table["split"] == point.results.split])
            )
    return found
