"""Metrics by the distance and the mentions of the entities (figures 3 and 4 of the paper), and by sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from glre.evaluation.metrics import count_each, metrics
from glre.files import written_whole


class Breakdown(Protocol):
    """A way to cut the predictions into buckets, each row in one."""

    @property
    def name(self) -> str:
        """What the table of its figures is called."""

    @property
    def buckets(self) -> tuple[str, ...]:
        """What the buckets are called, in their order."""

    def bucket_of(self, predictions: pd.DataFrame) -> npt.NDArray[np.int64]:
        """For each row the number of its bucket."""


@dataclass(frozen=True, slots=True)
class ColumnBreakdown:
    """A column of the predictions cut into buckets: `edges` are their lower ends, and the last one is open."""

    name: str
    column: str
    edges: tuple[int, ...]
    buckets: tuple[str, ...]

    def bucket_of(self, predictions: pd.DataFrame) -> npt.NDArray[np.int64]:
        """For each row the number of its bucket."""
        return np.searchsorted(self.edges, predictions[self.column].to_numpy(), side="right") - 1


DISTANCE = ColumnBreakdown("distance", "distance", (0, 1, 2, 3), ("0", "1", "2", "3+"))
"""By the least number of sentences between the two entities."""
MENTIONS = ColumnBreakdown("mentions", "mentions", (1, 2, 3, 4), ("[1,2)", "[2,3)", "[3,4)", "4+"))
"""By the average number of mentions of the two entities."""
SENTENCE = ColumnBreakdown("sentence", "distance", (0, 1), ("intra", "inter"))
"""By whether some sentence holds both entities."""
BY_ENTITIES = (DISTANCE, MENTIONS, SENTENCE)
"""By what the document says of the two entities."""

_FIGURES = ["precision", "recall", "f1"]


def break_down(predictions: pd.DataFrame, breakdowns: Iterable[Breakdown] = BY_ENTITIES) -> pd.DataFrame:
    """Metrics of each bucket, split and seed, buckets without facts and predictions included.

    Columns: breakdown, bucket, seed, split, precision, recall, f1, support (gold facts), predicted.
    """
    rows = []
    table = predictions[["split", "seed", "predicted", "gold", "seen_in_train"]]
    for breakdown in breakdowns:
        numbered = table.assign(number=breakdown.bucket_of(predictions))
        for (split, seed), group in numbered.groupby(["split", "seed"], sort=False):
            each = count_each(group, group["number"].to_numpy(), len(breakdown.buckets))
            for bucket, counts in zip(breakdown.buckets, each, strict=True):
                result = metrics(counts)
                figures = (result.precision, result.recall, result.f1, result.support, counts.predicted)
                rows.append((breakdown.name, bucket, seed, split, *figures))
    return pd.DataFrame(rows, columns=["breakdown", "bucket", "seed", "split", *_FIGURES, "support", "predicted"])


def over_seeds(broken_down: pd.DataFrame) -> pd.DataFrame:
    """Mean and sample standard deviation over the seeds of a table made by `break_down`.

    Columns: breakdown, bucket, split, seeds, then precision, recall, f1, support and predicted, each figure with its
    `_std` beside it, which is missing where there is one seed: nothing is known of the spread then.
    """
    groups = broken_down.groupby(["breakdown", "bucket", "split"], sort=False)
    columns: dict[str, pd.Series] = {"seeds": groups["seed"].nunique()}
    for figure in _FIGURES:
        columns[figure] = groups[figure].mean()
        columns[f"{figure}_std"] = groups[figure].std(ddof=1)
    columns["support"] = groups["support"].first()
    columns["predicted"] = groups["predicted"].mean()
    return pd.DataFrame(columns).reset_index()


def write_breakdowns(table: pd.DataFrame, folder: Path) -> list[Path]:
    """Write `<breakdown>.csv` into the folder for each breakdown of a table made here; returns the files."""
    paths = []
    for name, rows in table.groupby("breakdown", sort=False):
        path = folder / f"{name}.csv"
        with written_whole(path) as temporary:
            rows.drop(columns="breakdown").to_csv(temporary, index=False, float_format="%.6f", lineterminator="\n")
        paths.append(path)
    return paths
