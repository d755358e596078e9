from dataclasses import replace
from statistics import mean, stdev

import pandas as pd
from small_report import documents, point, results

from glre.reporting.content.blocks import Row, Table
from glre.reporting.points.reported_point import ReportedPoint, Results
from glre.reporting.tables.paper import TABLE_1
from glre.reporting.tables.paper_tables import SCORES, scores_table, sizes_table

CDR, DOCRED, ABLATIONS, _ = SCORES
SPLITS = {"dev": documents("dev"), "test": documents("test set")}
FOUND = results(SPLITS, seeds=(1, 2, 3))


def rows(table: Table) -> list[Row]:
    return [row for group in table.groups for row in group.rows]


def own(table: Table) -> dict[str, tuple[str, ...]]:
    """The rows of ours, those that are missing among them."""
    return {row.cells[0]: row.cells for row in rows(table) if row.origin != "paper"}


def of(name: str, found: Results | None = FOUND, dataset: str = "cdr") -> dict[str, ReportedPoint]:
    return {name: point(name, found, dataset)}


def test_our_figures_are_mean_and_standard_deviation_over_seeds_in_per_cent() -> None:
    made = own(scores_table(DOCRED, ["docred-glre"], of("docred-glre", dataset="docred")))
    of_test = FOUND.seeds[FOUND.seeds["split"] == "test"]
    expected = []
    for figure in ("precision", "recall", "f1", "ign_f1"):
        values = of_test[figure].tolist()
        expected.append(f"{100 * mean(values):.1f} ± {100 * stdev(values):.1f}")
    encoder = "tiny (own), frozen, layer 4"
    assert made == {"docred-glre": ("docred-glre", "here", *expected, encoder, "docred", "1, 2, 3")}


def test_one_seed_has_no_spread() -> None:
    made = own(scores_table(CDR, ["cdr-glre"], of("cdr-glre", results(SPLITS, seeds=(4,)))))
    assert "±" not in "".join(made["cdr-glre"])
    assert made["cdr-glre"][-1] == "4"


def test_our_rows_stand_behind_the_papers_row_of_the_same_training_and_ablation() -> None:
    points = {
        **of("cdr-without_local"),
        **of("cdr-glre"),
        **of("docred-without_local", dataset="docred"),
        **of("own-without_local", dataset="own"),
    }
    table = scores_table(ABLATIONS, list(points), points)
    order = [row.cells[0] for row in rows(table)]
    for corpus, dataset in (("CDR", "cdr"), ("DocRED", "docred")):
        place = order.index(f"{dataset}-without_local")
        before = rows(table)[place - 1]
        assert before.cells[0] == "without entity local representations"
        assert before.cells[-2] == corpus
    assert order[order.index("cdr-glre") - 1] == "GLRE"
    assert table.groups[-1].heading == "Other corpora, for orientation"
    assert [row.cells[0] for row in table.groups[-1].rows] == ["own-without_local"]


def test_train_and_dev_together_is_another_row() -> None:
    points = {**of("cdr-glre"), **of("cdr_train_dev-glre", dataset="cdr_train_dev")}
    headings = {
        row.cells[0]: group.heading for group in scores_table(CDR, list(points), points).groups for row in group.rows
    }
    assert headings["cdr-glre"] == "CDR, trained on train"
    assert headings["cdr_train_dev-glre"] == "CDR, trained on train+dev"


def test_the_papers_figures_are_all_here_whatever_ours_are() -> None:
    for of_points in ({}, of("cdr-glre")):
        table = scores_table(CDR, list(of_points), of_points)
        paper = [row.cells for row in rows(table) if row.origin == "paper"]
        assert len(paper) == len(CDR.scores)
        assert ("GLRE", "paper", "65.1", "72.2", "68.5", "BioBERT-Base, frozen, last layer", "CDR", "–") in paper


def test_what_is_missing_is_said_to_be() -> None:
    points = {**of("cdr-glre"), **of("cdr-without_bert", None)}
    table = scores_table(ABLATIONS, ["cdr-glre", "cdr-without_bert", "cdr-without_local", "docred-glre"], points)
    made = own(table)
    assert made["cdr-without_bert"][1:6] == ("not run here", "–", "–", "–", "–")
    assert made["cdr-without_local"][1:6] == ("not in this report", "–", "–", "–", "–")
    assert "docred-glre" not in made
    assert table.notes == ("Points of this table, not in this report: docred-glre.",)


def test_where_test_has_no_facts_dev_is_shown_and_named() -> None:
    hidden = replace(FOUND, metrics={"dev": FOUND.metrics["dev"]})
    made = own(scores_table(DOCRED, ["docred-glre"], of("docred-glre", hidden, "docred")))["docred-glre"]
    assert made[-2] == "docred, dev (the facts of test are not here)"
    f1 = FOUND.seeds[FOUND.seeds["split"] == "dev"]["f1"]
    assert made[4] == f"{100 * f1.mean():.1f} ± {100 * f1.std():.1f}"


def test_sizes_of_the_corpora() -> None:
    counts = {"documents": 1500, "facts": 1234567, "negative_pairs": 7, "excluded_pairs": 3}
    table = sizes_table({"own": {"train": counts}, "absent": None}, {"own": 2, "absent": 1})
    found = {group.heading: [row.cells for row in group.rows] for group in table.groups}
    assert found["own, here"] == [("train", "1,500", "2", "1,234,567", "7", "3")]
    assert found["absent, here"][0][:2] == ("–", "not run here")
    assert found["CDR, paper"][2] == ("test", "500", "1", "1,066", "4,270", "–")
    assert len(found["CDR, paper"]) + len(found["DocRED, paper"]) == len(TABLE_1)


def test_the_best_seed_is_chosen_on_dev() -> None:
    seeds = pd.DataFrame(
        [("dev", 1, 0.4, 0.3), ("dev", 2, 0.6, 0.2), ("dev", 3, 0.6, 0.1), ("test", 1, 0.9, 0.3)],
        columns=["split", "seed", "f1", "threshold"],
    )
    found = replace(FOUND, seeds=seeds)
    assert (found.best_seed, found.threshold(2), found.seed_numbers) == (2, 0.2, (1, 2, 3))
