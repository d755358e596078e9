"""Where the errors are, as in section 4.5 of the paper, by what a document shows of the two entities."""

from collections.abc import Iterable

from glre.documents.document import Document
from glre.evaluation.breakdowns.error_groups import group_errors
from glre.reporting.content.blocks import Column, Group, Row, Table
from glre.reporting.content.figures_in_words import percent
from glre.reporting.points.point_predictions import PointPredictions

_GROUPS = {
    "distance": "Sentences between the two entities",
    "bridge": "Is there a third entity that shares a sentence with each?",
    "mentions": "Average number of mentions of the two entities",
    "sentences": "Sentences that mention the entity which occurs in fewer",
    "conjunction": "Is the head or the tail coordinated with another entity, as in “A, B and C”?",
    "training": "Does a training fact have these names and this relation?",
}


def error_table(name: str, of_point: PointPredictions, documents: Iterable[Document]) -> Table:
    """Missed facts and wrong predictions of the point called `name`, all seeds together, by group and bucket."""
    found = group_errors(of_point.predictions, documents)
    groups = tuple(
        Group(
            tuple(
                Row(
                    (
                        str(row["bucket"]),
                        f"{row['gold']:,}",
                        f"{row['misses']:,}",
                        percent(row["miss_rate"]),
                        f"{row['predicted']:,}",
                        f"{row['false_positives']:,}",
                        percent(row["false_positive_rate"]),
                    )
                )
                for row in rows.to_dict("records")
            ),
            _GROUPS[str(group)],
        )
        for group, rows in found.groupby("group", sort=False)
    )
    headings = ("gold facts", "missed", "missed, %", "predicted", "false positives", "false, %")
    seeds = len(of_point.results.seed_numbers)
    return Table(
        f"{name}: errors by what the document shows",
        (Column("group"), *(Column(heading, is_figure=True) for heading in headings)),
        groups,
        (f"Counts of {seeds} seeds added up." if seeds > 1 else "Counts of one seed.",),
    )
