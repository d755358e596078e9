"""The paper's Tables 1 to 5 with our figures beside its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from glre.reporting.content.blocks import Column, Group, Row, Table
from glre.reporting.content.figures_in_words import ABSENT, percent
from glre.reporting.points.reported_point import ReportedPoint, Results
from glre.reporting.tables.paper import CORPORA, TABLE_1, TABLE_2, TABLE_3, TABLE_4, TABLE_5, PaperScores

SplitCounts = Mapping[str, Mapping[str, int]]
"""A dataset's statistics.json: counts by split."""
COUNTS = ("documents", "facts", "negative_pairs", "excluded_pairs")
"""Those of them that Table 1 shows."""
NOT_RUN = "not run here"
NOT_ASKED = "not in this report"
_OTHERS = "Other corpora, for orientation"
_FIGURES = ("precision", "recall", "f1", "ign_f1")
_HEADINGS = {"precision": "P", "recall": "R", "f1": "F1", "ign_f1": "Ign F1"}


@dataclass(frozen=True, slots=True)
class TableOfScores:
    """A table of the paper as params.yaml knows it, what it shows, and its rows."""

    name: str
    caption: str
    scores: tuple[PaperScores, ...]
    figures: tuple[str, ...]


SCORES = (
    TableOfScores("table2", "Table 2. Results on CDR, test, per cent", TABLE_2, ("precision", "recall", "f1")),
    TableOfScores("table3", "Table 3. Results on DocRED, test, per cent", TABLE_3, _FIGURES),
    TableOfScores("table4", "Table 4. Ablations, test, per cent", TABLE_4, _FIGURES),
    TableOfScores("table5", "Table 5. Pre-trained encoders, test, per cent", TABLE_5, _FIGURES),
)
"""Tables 2 to 5."""


def sizes_table(statistics: Mapping[str, SplitCounts | None], relations: Mapping[str, int]) -> Table:
    """Table 1: documents, relations, instances and N/A pairs; `statistics` by dataset and split as preprocess has them.

    None stands for a dataset that is not here. `relations` says how many each dataset has.
    """
    groups = []
    for corpus in ("CDR", "DocRED"):
        sizes = [size for size in TABLE_1 if size.corpus == corpus]
        counts = [(size.documents, size.relations, size.instances, size.na_pairs) for size in sizes]
        groups.append(
            Group(
                tuple(
                    Row((size.split, *map(_whole, of_split), ABSENT), "paper")
                    for size, of_split in zip(sizes, counts, strict=True)
                ),
                f"{corpus}, paper",
            )
        )
    for dataset, splits in statistics.items():
        if splits is None:
            rows = [Row((ABSENT, NOT_RUN, *4 * (ABSENT,)), "missing")]
        else:
            rows = [
                Row(
                    (
                        split,
                        _whole(counts["documents"]),
                        _whole(relations[dataset]),
                        _whole(counts["facts"]),
                        _whole(counts["negative_pairs"]),
                        _whole(counts["excluded_pairs"]),
                    ),
                    "ours",
                )
                for split, counts in splits.items()
            ]
        groups.append(Group(tuple(rows), f"{dataset}, here"))
    headings = ("documents", "relations", "instances", "N/A pairs", "pairs left out")
    return Table(
        "Table 1. The corpora",
        (Column("split"), *(Column(heading, is_figure=True) for heading in headings)),
        tuple(groups),
        ("Pairs left out: by the hypernym filter, from training and evaluation. The paper does not count them.",),
    )


def scores_table(table: TableOfScores, wanted: Sequence[str], points: Mapping[str, ReportedPoint]) -> Table:
    """One of Tables 2 to 5: `wanted` are the points that are GLRE's rows in it, `points` those of this report.

    Each point stands behind the row of the paper that it is to be held against. A point without results is said to be
    missing, and so is one that is not of this report: by a row of its own where the report has its dataset, else
    below the table.
    """
    datasets = {point.dataset for point in points.values()}
    shown = [name for name in wanted if name in points or _dataset(name, datasets) is not None]
    left = list(shown)
    groups: dict[str, list[Row]] = {}
    for scores in table.scores:
        rows = groups.setdefault(f"{scores.corpus}, trained on {scores.training}", [])
        rows.append(_paper_row(scores, table.figures))
        for name in [name for name in left if _stands_beside(name, scores, points, datasets)]:
            rows.append(_our_row(name, points.get(name), table.figures))
            left.remove(name)
    if left:
        groups[_OTHERS] = [_our_row(name, points.get(name), table.figures) for name in left]
    missing = [name for name in wanted if name not in shown]
    return Table(
        table.caption,
        (
            Column("model"),
            Column("source"),
            *(Column(_HEADINGS[figure], is_figure=True) for figure in table.figures),
            Column("encoder"),
            Column("dataset"),
            Column("seeds"),
        ),
        tuple(Group(tuple(rows), heading) for heading, rows in groups.items()),
        (f"Points of this table, {NOT_ASKED}: {', '.join(missing)}.",) if missing else (),
    )


def paper_scores(point: ReportedPoint) -> PaperScores | None:
    """The row of the paper that the point reproduces, the first where several tables have it; None where none has."""
    every = (scores for table in SCORES for scores in table.scores)
    return next((scores for scores in every if _stands_beside(point.name, scores, {point.name: point}, ())), None)


def _dataset(name: str, datasets: Iterable[str]) -> str | None:
    """The dataset of a point that has the form `<dataset>-<experiment>`, if it is one of these."""
    dataset = name.rpartition("-")[0]
    return dataset if dataset in set(datasets) else None


def _stands_beside(
    name: str, scores: PaperScores, points: Mapping[str, ReportedPoint], datasets: Iterable[str]
) -> bool:
    dataset = points[name].dataset if name in points else _dataset(name, datasets)
    experiment = points[name].experiment if name in points else name.rpartition("-")[2]
    corpus = CORPORA.get(dataset or "")
    return (
        corpus is not None
        and (corpus.corpus, corpus.training) == (scores.corpus, scores.training)
        and experiment in scores.experiments
    )


def _paper_row(scores: PaperScores, figures: Sequence[str]) -> Row:
    values = (getattr(scores, figure) for figure in figures)
    shown = (ABSENT if value is None else f"{value:.1f}" for value in values)
    return Row((scores.model, "paper", *shown, scores.encoder or ABSENT, scores.corpus, ABSENT), "paper")


def _our_row(name: str, point: ReportedPoint | None, figures: Sequence[str]) -> Row:
    blank = (ABSENT,) * len(figures)
    if point is None:
        return Row((name, NOT_ASKED, *blank, ABSENT, ABSENT, ABSENT), "missing")
    if point.results is None:
        return Row((name, NOT_RUN, *blank, point.encoder, point.dataset, ABSENT), "missing")
    return Row(
        (
            name,
            "here",
            *our_figures(point.results, figures),
            point.encoder,
            _dataset_and_split(point.dataset, point.results),
            ", ".join(map(str, point.results.seed_numbers)),
        ),
        "ours",
    )


def our_figures(results: Results, figures: Sequence[str]) -> tuple[str, ...]:
    """Mean ± standard deviation over seeds of the split that is reported."""
    metrics = results.metrics[results.split]
    return tuple(percent(metrics.get(figure), metrics.get(f"{figure}_std")) for figure in figures)


def _dataset_and_split(dataset: str, results: Results) -> str:
    return dataset if results.split == "test" else f"{dataset}, dev (the facts of test are not here)"


def _whole(count: int) -> str:
    return f"{count:,}"
