"""The page of all that has been evaluated, made from what is committed: no predictions, models or documents."""

from collections.abc import Mapping, Sequence

from glre.reporting.content.blocks import Note, Page, PageSection
from glre.reporting.points.reported_point import ReportedPoint
from glre.reporting.tables.evaluated_tables import breakdown_tables, experiments_table


def results_page(points: Sequence[ReportedPoint], descriptions: Mapping[str, str]) -> Page:
    """A section for each dataset that some of the points have results on; `descriptions` of the datasets by name."""
    by_dataset: dict[str, list[ReportedPoint]] = {}
    for point in points:
        if point.results is not None:
            by_dataset.setdefault(point.dataset, []).append(point)
    return Page(
        name="results",
        title="Results",
        lead="Mean ± standard deviation over seeds, where there are several. Epoch and threshold are chosen on dev. "
        "“Every candidate pair” is the F1 of predicting each relation of each pair that counts. Rows of the paper are "
        "those of Wang et al., EMNLP 2020.",
        sections=tuple(
            PageSection(
                dataset,
                dataset,
                (
                    Note(f"{descriptions[dataset]}."),
                    experiments_table(dataset, of_dataset),
                    *breakdown_tables(of_dataset),
                ),
            )
            for dataset, of_dataset in by_dataset.items()
        ),
        provenance=PageSection(
            "provenance",
            "Where this comes from",
            (
                Note(
                    "Written by glre results --write from params.yaml and the files below results/, which hold each "
                    "seed's figures, precision and recall, and more; dvc repro evaluate@DATASET-EXPERIMENT makes them "
                    "again. Paired comparisons, curves and case studies need predictions: glre report."
                ),
            ),
        ),
    )
