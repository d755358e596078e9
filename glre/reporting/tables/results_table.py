"""The figures of what has been evaluated, as a table on the terminal."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from glre.errors import InputError

_FIGURES = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "ign_f1": "Ign F1",
    "intra_f1": "intra F1",
    "inter_f1": "inter F1",
    "all_positive_f1": "all positive F1",
}


@dataclass(frozen=True, slots=True)
class Result:
    """The content of one metrics.json and the point of the grid it belongs to."""

    dataset: str
    experiment: str
    folder: Path
    metrics: Mapping[str, Mapping[str, float]]


def read_results(root: Path, dataset: str | None, experiment: str | None) -> list[Result]:
    """Results below `root`, of one dataset or experiment where given; InputError where there are none."""
    pattern = f"{dataset or '*'}/{experiment or '*'}/metrics.json"
    results = [
        Result(path.parts[-3], path.parts[-2], path.parent, json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(root.glob(pattern))
    ]
    if not results:
        raise InputError(str(root / pattern), "no such file", "results of `glre evaluate`")
    return results


def results_table(results: list[Result]) -> Table:
    """Per cent, mean ± standard deviation over seeds where there are several; test below dev."""
    table = Table(title="per cent; mean ± standard deviation over seeds where there are several")
    for heading in ("dataset", "experiment", "split"):
        table.add_column(heading)
    for heading in _FIGURES.values():
        table.add_column(heading, justify="right")
    table.add_column("seeds", justify="right")
    for result in results:
        for row in _rows(result):
            table.add_row(*row)
    return table


def _rows(result: Result) -> Iterator[tuple[str, ...]]:
    for split, figures in result.metrics.items():
        cells = (mean_and_spread(figures, figure) for figure in _FIGURES)
        yield (result.dataset, result.experiment, split, *cells, str(int(figures["seeds"])))


def mean_and_spread(figures: Mapping[str, float], figure: str) -> str:
    """A figure in per cent, such as `59.9 ± 1.0`; without the spread where there is one seed."""
    mean = f"{100 * figures[figure]:.1f}"
    spread = figures.get(f"{figure}_std")
    return mean if spread is None else f"{mean} ± {100 * spread:.1f}"
