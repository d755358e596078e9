"""Figures 3 and 4 of the paper drawn with our results: F1 by entity distance, and by the number of mentions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from glre.reporting.content.blocks import Column, Figure, Group, Key, Row, Table
from glre.reporting.content.figures_in_words import percent
from glre.reporting.figures.chart import INK, per_cent_axis, series_colour, series_place, sketch
from glre.reporting.points.reported_point import ReportedPoint, Results


@dataclass(frozen=True, slots=True)
class BreakdownFigure:
    """A figure of the paper and the breakdown that it shows."""

    number: int
    breakdown: str
    what: str
    axis: str


BREAKDOWN_FIGURES = (
    BreakdownFigure(3, "distance", "F1 by entity distance", "sentences between the two entities"),
    BreakdownFigure(
        4, "mentions", "F1 by the average number of mentions", "average number of mentions of the two entities"
    ),
)


def breakdown_figure(figure: BreakdownFigure, dataset: str, points: Sequence[ReportedPoint]) -> Figure | None:
    """Bars of each experiment on `dataset`, with the spread over seeds; None where no point has the breakdown."""
    shown = [
        (point.experiment, point.results.split, rows)
        for point in points
        if point.results is not None and (rows := _rows(point.results, figure.breakdown)) is not None
    ]
    if not shown:
        return None
    buckets = shown[0][2]["bucket"].tolist()
    title = f"Figure {figure.number}. {figure.what}"
    description = f"{title}, {dataset}, {shown[0][1]}. " + " ".join(
        f"{experiment}: "
        + ", ".join(f"{bucket} {percent(f1)}" for bucket, f1 in zip(buckets, rows["f1"], strict=True))
        + "."
        for experiment, _, rows in shown
    )
    spread_known = any(rows["f1_std"].notna().any() for _, _, rows in shown)
    with sketch(f"{figure.breakdown}-{dataset}") as drawing:
        (axes,) = drawing.panels
        width = 0.8 / len(shown)
        for number, (_, _, rows) in enumerate(shown):
            places = [place + (number - (len(shown) - 1) / 2) * width for place in range(len(buckets))]
            spread = [100 * value if not math.isnan(value) else 0.0 for value in rows["f1_std"]]
            axes.bar(
                places,
                (100 * rows["f1"]).tolist(),
                width * 0.88,
                yerr=spread if any(spread) else None,
                color=series_colour(number + 1),
                error_kw={"ecolor": INK, "elinewidth": 1, "capsize": 2},
            )
        axes.set_xticks(range(len(buckets)), buckets)
        axes.set_xlabel(figure.axis)
        per_cent_axis(axes, "F1, per cent")
        svg = drawing.svg(description)
    keys = tuple(Key(series_place(number), experiment) for number, (experiment, _, _) in enumerate(shown, start=1))
    note = f"On {shown[0][1]}{', mean over seeds with its standard deviation' if spread_known else ''}."
    return Figure(title, note, svg, keys, _table(f"{title}, {dataset}", figure.axis, shown))


def _rows(results: Results, breakdown: str) -> pd.DataFrame | None:
    table = results.tables[breakdown]
    return None if table is None else table[table["split"] == results.split]


def _table(title: str, axis: str, shown: Sequence[tuple[str, str, pd.DataFrame]]) -> Table:
    figures = ("F1", "P", "R", "gold facts", "predicted")
    groups = tuple(
        Group(
            tuple(
                Row(
                    (
                        str(row["bucket"]),
                        percent(row["f1"], row["f1_std"]),
                        percent(row["precision"]),
                        percent(row["recall"]),
                        f"{int(row['support']):,}",
                        f"{row['predicted']:,.1f}".removesuffix(".0"),
                    )
                )
                for row in rows.to_dict("records")
            ),
            f"{experiment}, {split}",
        )
        for experiment, split, rows in shown
    )
    columns = (Column(axis), *(Column(heading, is_figure=True) for heading in figures))
    return Table(f"{title}: the numbers, per cent, mean ± standard deviation over seeds", columns, groups)
