"""All that has been evaluated on a dataset, as tables: its experiments with the paper beside them, and breakdowns."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from glre.reporting.content.blocks import Column, Group, Row, Table
from glre.reporting.content.figures_in_words import ABSENT, percent
from glre.reporting.points.reported_point import ReportedPoint, Results
from glre.reporting.tables.paper import PaperScores
from glre.reporting.tables.paper_tables import paper_scores

_FIGURES = {"precision": "P", "recall": "R", "f1": "F1", "ign_f1": "Ign F1"}
_BY_SENTENCE = {"intra_f1": "intra F1", "inter_f1": "inter F1"}
_BASELINE = "every candidate pair"


@dataclass(frozen=True, slots=True)
class _Breakdown:
    name: str
    what: str
    of_several_relations: bool = False


_BREAKDOWNS = (
    _Breakdown("distance", "F1 by the sentences between the two entities"),
    _Breakdown("mentions", "F1 by the average number of mentions of the two entities"),
    _Breakdown("frequency", "F1 by the facts that training has of a relation", of_several_relations=True),
)


def experiments_table(dataset: str, points: Sequence[ReportedPoint]) -> Table:
    """Figures of the points, which have results on `dataset`; behind them the row of the paper that they reproduce."""
    beside: dict[PaperScores | None, list[tuple[ReportedPoint, Results]]] = {}
    for point in points:
        if point.results is not None:
            beside.setdefault(paper_scores(point), []).append((point, point.results))
    rows = []
    for scores, ours in beside.items():
        rows += [_our_row(point, results) for point, results in ours]
        if scores is not None:
            rows.append(_paper_row(scores))
    rows.append(_baseline_row(next(iter(beside.values()))[0][1]))
    headings = ("dev F1", *_FIGURES.values(), *_BY_SENTENCE.values())
    return Table(
        f"Experiments on {dataset}: {_split(points)}, per cent",
        (
            Column("experiment"),
            Column("seeds"),
            *(Column(heading, is_figure=True) for heading in headings),
            Column("encoder"),
        ),
        (Group(tuple(rows)),),
    )


def breakdown_tables(points: Sequence[ReportedPoint]) -> tuple[Table, ...]:
    """F1 of each experiment by distance, mentions and, of several relations, how often training has them."""
    tables = []
    for breakdown in _BREAKDOWNS:
        if breakdown.of_several_relations and len(points[0].relations) < 2:
            continue
        found = [(point.experiment, own) for point in points if (own := _rows(point, breakdown.name)) is not None]
        if found:
            first = found[0][1]
            support = Row(("gold facts", *(f"{int(facts):,}" for facts in first["support"])))
            rows = [Row((experiment, *_f1(own)), "ours") for experiment, own in found]
            columns = (Column("experiment"), *(Column(str(bucket), is_figure=True) for bucket in first["bucket"]))
            caption = f"{breakdown.what}: {_split(points)}, per cent"
            tables.append(Table(caption, columns, (Group((*rows, support)),)))
    return tuple(tables)


def _split(points: Sequence[ReportedPoint]) -> str:
    return next(point.results.split for point in points if point.results is not None)


def _rows(point: ReportedPoint, breakdown: str) -> pd.DataFrame | None:
    if point.results is None or (table := point.results.tables[breakdown]) is None:
        return None
    return table[table["split"] == point.results.split]


def _f1(rows: pd.DataFrame) -> list[str]:
    """Of each bucket, where it has gold facts."""
    return [
        percent(f1, spread) if facts else ABSENT
        for f1, spread, facts in zip(rows["f1"], rows["f1_std"], rows["support"], strict=True)
    ]


def _our_row(point: ReportedPoint, results: Results) -> Row:
    dev, metrics = results.metrics["dev"], results.metrics[results.split]
    shown = (percent(metrics.get(figure), metrics.get(f"{figure}_std")) for figure in (*_FIGURES, *_BY_SENTENCE))
    seeds = ", ".join(map(str, results.seed_numbers))
    return Row((point.experiment, seeds, percent(dev["f1"], dev.get("f1_std")), *shown, point.encoder), "ours")


def _paper_row(scores: PaperScores) -> Row:
    values = (getattr(scores, figure) for figure in _FIGURES)
    shown = (ABSENT if value is None else f"{value:.1f}" for value in values)
    model = f"the paper: {scores.model}"
    return Row((model, ABSENT, ABSENT, *shown, *len(_BY_SENTENCE) * (ABSENT,), scores.encoder or ABSENT), "paper")


def _baseline_row(results: Results) -> Row:
    """What predicting every relation of every pair that counts would give."""
    by_split = {split: percent(metrics.get("all_positive_f1")) for split, metrics in results.metrics.items()}
    shown = (by_split[results.split] if figure == "f1" else ABSENT for figure in (*_FIGURES, *_BY_SENTENCE))
    return Row((_BASELINE, ABSENT, by_split["dev"], *shown, ABSENT))
