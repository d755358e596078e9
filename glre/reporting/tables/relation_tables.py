"""Results of each relation, and of relations by how often they were met in training."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from glre.reporting.content.blocks import Column, Group, Row, Table
from glre.reporting.content.figures_in_words import ABSENT, percent
from glre.reporting.points.reported_point import ReportedPoint

_FIGURES = ("P", "R", "F1")


def relation_tables(point: ReportedPoint) -> tuple[Table, ...]:
    """Relations by frequency and one by one; none where the dataset has one relation or there are no such results."""
    if point.results is None or len(point.relations) < 2:
        return ()
    tables = []
    frequency, relation = (_rows(point, name) for name in ("frequency", "relation"))
    if frequency is not None:
        columns = (Column("facts in training"), Column("facts of all of them", True), *_shared())
        rows = (
            Row((str(row["bucket"]), f"{int(row['facts_in_train']):,}", *_cells(row)))
            for row in frequency.to_dict("records")
        )
        caption = f"{point.name}: relations by how often they were met in training, per cent"
        tables.append(Table(caption, columns, (Group(tuple(rows)),)))
    if relation is not None:
        columns = (Column("relation"), Column("name"), Column("facts in training", True), *_shared())
        rows = (
            Row(
                (
                    str(row["bucket"]),
                    str(row.get("name", ABSENT)),
                    f"{int(row['facts_in_train']):,}",
                    *_cells(row),
                )
            )
            for row in relation.to_dict("records")
        )
        caption = f"{point.name}: every relation, per cent, most frequent in training first"
        tables.append(Table(caption, columns, (Group(tuple(rows)),), is_sortable=True))
    return tuple(tables)


def _rows(point: ReportedPoint, name: str) -> pd.DataFrame | None:
    if point.results is None or (table := point.results.tables[name]) is None:
        return None
    return table[table["split"] == point.results.split]


def _shared() -> tuple[Column, ...]:
    return (
        Column("gold facts", True),
        Column("predicted", True),
        *(Column(heading, is_figure=True) for heading in _FIGURES),
    )


def _cells(row: Mapping[Any, Any]) -> tuple[str, ...]:
    return (
        f"{int(row['support']):,}",
        f"{row['predicted']:,.1f}".removesuffix(".0"),
        percent(row["precision"]),
        percent(row["recall"]),
        percent(row["f1"], row["f1_std"]),
    )
