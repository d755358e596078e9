"""The metrics of points of the grid, as they stand in results/, and where they fell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glre.errors import InputError
from glre.reporting.tables.results_table import Result, mean_and_spread, read_results

_SHOWN = ("precision", "recall", "f1", "ign_f1", "intra_f1", "inter_f1")
_WATCHED = ("f1", "ign_f1")


@dataclass(frozen=True, slots=True)
class Fall:
    """A figure that is lower than it was, both as fractions."""

    point: str
    split: str
    figure: str
    before: float
    after: float

    def __str__(self) -> str:
        """Such as `cdr-glre test f1: 59.9 → 57.0`."""
        return f"{self.point} {self.split} {self.figure}: {100 * self.before:.1f} → {100 * self.after:.1f}"


def read_metrics(root: Path, points: Iterable[str]) -> dict[str, Result]:
    """The results of points, such as `cdr-glre`, by name; a point without results is left out."""
    wanted = set(points)
    try:
        results = read_results(root / "results", None, None)
    except InputError:  # nothing has been evaluated yet
        return {}
    named = {f"{result.dataset}-{result.experiment}": result for result in results}
    return {name: result for name, result in named.items() if name in wanted}


def metrics_rows(results: Mapping[str, Result]) -> list[dict[str, Any]]:
    """A row for each point and split, in per cent: mean ± standard deviation over seeds."""
    rows = []
    for name, result in results.items():
        for split, figures in result.metrics.items():
            cells = {figure: mean_and_spread(figures, figure) for figure in _SHOWN if figure in figures}
            rows.append({"point": name, "split": split, **cells, "seeds": int(figures["seeds"])})
    return rows


def falls(before: Mapping[str, Result], after: Mapping[str, Result], allowed: float) -> list[Fall]:
    """F1 and Ign F1 that fell by more than `allowed`, a fraction, between two readings of the same points."""
    found = []
    for name, result in after.items():
        for split, figures in result.metrics.items():
            earlier = before[name].metrics.get(split, {}) if name in before else {}
            for figure in _WATCHED:
                if figure in earlier and figure in figures and earlier[figure] - figures[figure] > allowed:
                    found.append(Fall(name, split, figure, earlier[figure], figures[figure]))
    return found
