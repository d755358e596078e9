"""The sections of a report, in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from glre.reporting.cases.case_choice import RULE
from glre.reporting.cases.cases import Study, case_studies
from glre.reporting.content.blocks import Block, Cases, Column, Group, Note, Page, PageSection, Row, Table
from glre.reporting.content.figures_in_words import ABSENT
from glre.reporting.figures.breakdown_figures import BREAKDOWN_FIGURES, breakdown_figure
from glre.reporting.figures.learning_curves import learning_curves
from glre.reporting.figures.score_figures import calibration_figure, precision_recall_figure
from glre.reporting.points.point_predictions import with_predictions
from glre.reporting.points.reported_point import ReportedPoint
from glre.reporting.tables.comparison_table import comparison_table
from glre.reporting.tables.error_tables import error_table
from glre.reporting.tables.paper_tables import NOT_RUN, SCORES, SplitCounts, scores_table, sizes_table
from glre.reporting.tables.relation_tables import relation_tables


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """All that a report is made from.

    `tables` are the points of the paper's tables by the tables' names; `statistics` those of each dataset by split, or
    None where it is not here; `studies` the case studies by point, of those that have predictions and documents.
    """

    name: str
    title: str
    points: Sequence[ReportedPoint]
    tables: Mapping[str, Sequence[str]]
    statistics: Mapping[str, SplitCounts | None]
    studies: Mapping[str, Study]
    revision: str
    """Where the code stood, such as `at git revision 0123456`."""

    @property
    def by_dataset(self) -> dict[str, list[ReportedPoint]]:
        """The points on each dataset, in their order."""
        found: dict[str, list[ReportedPoint]] = {}
        for point in self.points:
            found.setdefault(point.dataset, []).append(point)
        return found


def build_page(material: Material) -> Page:
    """The whole report. InputError where files that belong together don't fit."""
    return Page(
        name=material.name,
        title=material.title,
        lead="Document-level relation extraction with GLRE (Wang et al., EMNLP 2020): our figures beside the paper's, "
        "per cent, mean ± standard deviation over seeds where there are several. Epochs and thresholds were chosen on "
        "dev.",
        sections=(
            _tables(material),
            _breakdowns(material),
            _learning(material),
            _scores(material),
            _relations(material),
            _comparisons(material),
            _cases(material),
            _errors(material),
        ),
        provenance=_provenance(material),
    )


def _tables(material: Material) -> PageSection:
    points = {point.name: point for point in material.points}
    relations = {point.dataset: len(point.relations) for point in material.points}
    scores = (scores_table(table, material.tables.get(table.name, ()), points) for table in SCORES)
    return PageSection(
        "tables",
        "Tables 1 to 5 of the paper",
        (
            Note("Figures whose source is “here” are ours, with the encoder, the dataset and the seeds they are of."),
            sizes_table(material.statistics, relations),
            *scores,
        ),
    )


def _breakdowns(material: Material) -> PageSection:
    parts = []
    for dataset, points in material.by_dataset.items():
        found = (breakdown_figure(figure, dataset, points) for figure in BREAKDOWN_FIGURES)
        blocks: list[Block] = [figure for figure in found if figure is not None]
        parts.append(
            PageSection(f"breakdowns-{dataset}", dataset, tuple(blocks or [Note(f"Figures 3 and 4: {NOT_RUN}.")]))
        )
    lead = Note(
        "The paper draws its bars without numbers, so these are ours alone. Lines on the bars: spread over seeds."
    )
    return PageSection("breakdowns", "Figures 3 and 4", (lead,), tuple(parts))


def _learning(material: Material) -> PageSection:
    drawn = {point.name: learning_curves(point) for point in material.points}
    blocks: list[Block] = [figure for figure in drawn.values() if figure is not None]
    if missing := [name for name, figure in drawn.items() if figure is None]:
        blocks.append(Note(f"Without a history of training here: {', '.join(missing)}."))
    return PageSection("learning", "Learning curves", tuple(blocks))


def _scores(material: Material) -> PageSection:
    parts = []
    for dataset, points in material.by_dataset.items():
        blocks: list[Block] = []
        if shown := with_predictions(points):
            blocks += [precision_recall_figure(dataset, shown), calibration_figure(dataset, shown)]
        blocks += _without_predictions(points)
        parts.append(PageSection(f"scores-{dataset}", dataset, tuple(blocks)))
    return PageSection("scores", "Precision, recall and calibration", (), tuple(parts))


def _relations(material: Material) -> PageSection:
    blocks = [table for point in material.points for table in relation_tables(point)]
    nothing = Note("None of these datasets has several relations and results by relation.")
    return PageSection("relations", "Results by relation", tuple(blocks) or (nothing,))


def _comparisons(material: Material) -> PageSection:
    blocks: list[Block] = []
    for dataset, points in material.by_dataset.items():
        table = comparison_table(dataset, with_predictions(points))
        blocks.append(table or Note(f"{dataset}: fewer than two experiments with predictions, so nothing to compare."))
        blocks += _without_predictions(points)
    return PageSection("comparison", "Paired comparison", tuple(blocks))


def _cases(material: Material) -> PageSection:
    parts = []
    for point in material.points:
        study = material.studies.get(point.name)
        if study is None:
            parts.append(
                PageSection(f"cases-{point.name}", point.name, (Note(f"{point.name}: nothing to show here."),))
            )
            continue
        split = "" if point.results is None else point.results.split
        threshold = ABSENT if point.results is None else f"{point.results.threshold(study.seed):.3f}"
        lead = Note(
            f"Documents of {split}, answered by the model of seed {study.seed}, the best on dev. A score of "
            f"{threshold} or more is a prediction."
        )
        cases = Cases(case_studies(point.name, study, point.relation_names))
        blocks: tuple[Block, ...] = (lead, cases) if cases.cases else (lead, Note("No document fits the rules."))
        parts.append(PageSection(f"cases-{point.name}", point.name, blocks))
    lead = Note(
        f"{RULE} Choosing a relation marks its head and tail, and shows what the model looked at, if it tells: with "
        "GLRE the local attention over their mentions (Eq. 3–5, mean over heads) and the context attention over the "
        "document's other pairs (θ of Eq. 8)."
    )
    return PageSection("cases", "Case studies", (lead,), tuple(parts))


def _errors(material: Material) -> PageSection:
    blocks: list[Block] = [
        Note(
            "Section 4.5 of the paper sorts 132 missed facts between sentences by hand: logical reasoning 40.9 %, "
            "missing sentence components 28.8 %, prior knowledge 13.6 %, coreference 12.9 %. These are groups that can "
            "be told from the documents alone."
        )
    ]
    for point in material.points:
        study, found = material.studies.get(point.name), with_predictions([point])
        if study is None or not found:
            blocks.append(Note(f"{point.name}: nothing to show here."))
        else:
            blocks.append(error_table(point.name, found[0], study.documents))
    return PageSection("errors", "Errors", tuple(blocks))


def _provenance(material: Material) -> PageSection:
    rows = []
    for point in material.points:
        results = point.results
        seeds = ABSENT if results is None else ", ".join(map(str, results.seed_numbers))
        run_id = NOT_RUN if results is None else results.run_id or "unknown"
        rows.append(Row((point.name, point.encoder, seeds, run_id), "plain" if results else "missing"))
    return PageSection(
        "provenance",
        "Where this comes from",
        (
            Note(f"Report {material.name} of params.yaml, made by glre report {material.name} {material.revision}."),
            Table(
                "The points, and the MLflow runs that trained them",
                (Column("point"), Column("encoder"), Column("seeds"), Column("run")),
                (Group(tuple(rows)),),
            ),
        ),
    )


def _without_predictions(points: Sequence[ReportedPoint]) -> list[Block]:
    names = [point.name for point in points if point.results is None or point.results.predictions is None]
    return [Note(f"Without predictions here (glre evaluate writes them): {', '.join(names)}.")] if names else []
