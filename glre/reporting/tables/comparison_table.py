"""The experiments on a dataset against the first of them, by their answers to the same documents."""

from collections.abc import Sequence

from glre.evaluation.comparison import compare_f1
from glre.reporting.content.blocks import Column, Group, Row, Table
from glre.reporting.content.figures_in_words import ABSENT, percent
from glre.reporting.points.point_predictions import PointPredictions


def comparison_table(dataset: str, shown: Sequence[PointPredictions]) -> Table | None:
    """Differences in F1 with their intervals and p values; None where there is nothing to compare the first with."""
    if len(shown) < 2:
        return None
    first = shown[0]
    rows = [_row(other, first) for other in shown[1:]]
    headings = ("its F1", f"F1 of {first.experiment}", "difference", "95 % interval", "p")
    return Table(
        f"{first.experiment} less each other experiment on {dataset}, {first.results.split}, per cent",
        (Column("experiment"), Column("seeds that both have"), *(Column(heading, True) for heading in headings)),
        (Group(tuple(rows)),),
        (
            "F1 of all seeds' counts together. The interval is a bootstrap's over documents, p a randomisation test's: "
            "how often exchanging the answers to each document at random gives a difference at least as large. "
            "Neither says what other seeds would have changed.",
        ),
    )


def _row(other: PointPredictions, first: PointPredictions) -> Row:
    if not set(other.results.seed_numbers) & set(first.results.seed_numbers):
        return Row((other.experiment, "none", *5 * (ABSENT,)), "missing")
    found = compare_f1(first.predictions, other.predictions)
    lower, upper = found.interval
    return Row(
        (
            other.experiment,
            ", ".join(map(str, found.seeds)),
            percent(found.second_f1),
            percent(found.first_f1),
            _signed(found.difference),
            f"{_signed(lower)} to {_signed(upper)}",
            f"{found.p_value:.4f}",
        )
    )


def _signed(difference: float) -> str:
    return f"{100 * difference:+.1f}".replace("-", "−")
