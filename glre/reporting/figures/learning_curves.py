"""Loss and dev F1 by epoch, a line for each seed."""

import pandas as pd
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from glre.reporting.content.blocks import Column, Figure, Group, Row, Table
from glre.reporting.content.figures_in_words import percent
from glre.reporting.figures.chart import HEIGHT, dashes, line_key, per_cent_axis, series_colour, sketch
from glre.reporting.points.reported_point import ReportedPoint

_TALLER = 1.35


def learning_curves(point: ReportedPoint) -> Figure | None:
    """The history of a point's training, its best epoch marked; None where there is none."""
    history = None if point.results is None else point.results.tables["history"]
    if history is None or history.empty:
        return None
    seeds = [(int(str(seed)), rows) for seed, rows in history.groupby("seed", sort=True)]
    title = f"Learning curves of {point.name}"
    best = ", ".join(
        f"seed {seed}: {percent(rows['dev_f1'].max())} in epoch {_best(rows)} of {len(rows)}" for seed, rows in seeds
    )
    note = f"The dot is the best dev F1, {best}."
    with sketch(f"history-{point.name}", panels=2, height=HEIGHT * _TALLER) as drawing:
        above, below = drawing.panels
        for place, (_, rows) in enumerate(seeds, start=1):
            colour = series_colour(place)
            above.plot(rows["epoch"], 100 * rows["dev_f1"], color=colour, dashes=dashes(place))
            below.plot(rows["epoch"], rows["loss"], color=colour, dashes=dashes(place))
            above.plot([_best(rows)], [100 * rows["dev_f1"].max()], "o", color=colour, markersize=5)
        per_cent_axis(above, "dev F1, per cent")
        below.set_yscale("log")
        below.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        below.yaxis.set_major_formatter(FuncFormatter(lambda loss, _: f"{loss:g}"))
        below.yaxis.set_minor_formatter(NullFormatter())
        below.set_ylabel("training loss")
        below.set_xlabel("epoch")
        svg = drawing.svg(f"{title}: dev F1 and training loss by epoch. {note}")
    keys = tuple(line_key(place, f"seed {seed}") for place, (seed, _) in enumerate(seeds, start=1))
    groups = tuple(
        Group(
            tuple(
                Row((f"{int(row['epoch'])}", f"{row['loss']:.4f}", percent(row["dev_f1"])))
                for row in rows.to_dict("records")
            ),
            f"seed {seed}",
        )
        for seed, rows in seeds
    )
    columns = (Column("epoch", True), Column("training loss", True), Column("dev F1, per cent", True))
    return Figure(title, note, svg, keys, Table(f"{title}: the numbers", columns, groups))


def _best(rows: pd.DataFrame) -> int:
    return int(rows["epoch"].iloc[int(rows["dev_f1"].to_numpy().argmax())])
