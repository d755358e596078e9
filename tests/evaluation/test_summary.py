import json
import math
import statistics

import pandas as pd
import pytest
from hypothesis import given, settings
from scored_documents import NOT_ASKED_FOR, RELATIONS, scored_documents

from glre.evaluation.breakdowns.breakdown import break_down
from glre.evaluation.metrics import count_all, metrics
from glre.evaluation.predictions import predictions_table
from glre.evaluation.summary import FIGURES, MACRO_F1, metrics_by_seed, summarise, write_metrics
from glre.evaluation.training_facts import training_facts


def table_of(made, split, seed, threshold):
    training = training_facts(made.documents[:1])
    return predictions_table(
        made.documents, made.scores, RELATIONS, split=split, seed=seed, threshold=threshold, training=training
    )


@settings(max_examples=30)
@given(scored_documents())
def test_a_seeds_figures_are_its_metrics_and_breakdown(made):
    thresholds = {1: 0.2, 2: 0.7}
    tables = [table_of(made, "dev", seed, value) for seed, value in thresholds.items()]
    by_seed = metrics_by_seed(pd.concat(tables), thresholds, RELATIONS)
    assert list(by_seed.columns) == ["split", "seed", *FIGURES, MACRO_F1, "support"]
    assert len(by_seed) == (2 if tables[0]["gold"].any() else 0)
    for row in by_seed.itertuples():
        table = tables[row.seed - 1]
        expected = metrics(count_all(table))
        assert (row.precision, row.recall, row.f1) == (expected.precision, expected.recall, expected.f1)
        assert (row.ign_f1, row.support, row.threshold) == (expected.ign_f1, expected.support, thresholds[row.seed])
        f1 = break_down(table).set_index("bucket")["f1"]
        assert (row.intra_f1, row.inter_f1) == (f1["intra"], f1["inter"])
        of_relations = [metrics(count_all(table[table["relation"] == name])) for name in [*RELATIONS, NOT_ASKED_FOR]]
        supported = [each.f1 for each in of_relations if each.support]
        assert row.macro_f1 == pytest.approx(statistics.mean(supported))


def test_macro_f1_stands_beside_the_others_where_there_are_several_relations():
    table = pd.DataFrame(
        [("r", True, True), ("r", True, True), ("s", False, True), ("t", True, False)],
        columns=["relation", "predicted", "gold"],
    ).assign(split="test", seed=1, seen_in_train=False, distance=0)
    (row,) = metrics_by_seed(table, {1: 0.5}, ("r", "s", "t", "u")).to_dict("records")
    assert row["macro_f1"] == 0.5, "r is found and s missed; t and u have no facts"
    assert row["f1"] == pytest.approx(2 / 3)
    assert list(metrics_by_seed(table, {1: 0.5}, ("r",)).columns) == ["split", "seed", *FIGURES, "support"]
    figures = summarise(metrics_by_seed(table, {1: 0.5}, ("r", "s")), {"test": 0.3})["test"]
    assert list(figures) == [*FIGURES, MACRO_F1, "all_positive_f1", "support", "seeds"]


def by_hand(values):
    return pd.DataFrame(
        [("test", seed, *[value] * len(FIGURES), 40) for seed, value in enumerate(values, start=1)],
        columns=["split", "seed", *FIGURES, "support"],
    )


def test_mean_and_sample_deviation_stand_side_by_side():
    figures = summarise(by_hand([0.5, 0.6, 0.9]), {"test": 0.3, "dev": 0.2})["test"]
    names = [name for figure in FIGURES for name in (figure, f"{figure}_std")]
    assert list(figures) == [*names, "all_positive_f1", "support", "seeds"]
    assert figures["f1"] == pytest.approx(2 / 3)
    assert figures["f1_std"] == pytest.approx(math.sqrt(((1 / 6) ** 2 + (1 / 15) ** 2 + (7 / 30) ** 2) / 2))
    assert (figures["all_positive_f1"], figures["support"], figures["seeds"]) == (0.3, 40, 3)


def test_one_seed_has_no_deviation():
    figures = summarise(by_hand([0.5]), {"test": 0.3})["test"]
    assert list(figures) == [*FIGURES, "all_positive_f1", "support", "seeds"]
    assert figures["f1"] == 0.5


def test_a_missing_threshold_or_baseline_is_refused():
    table = pd.DataFrame(
        {"split": ["test"], "seed": [7], "predicted": [True], "gold": [True], "seen_in_train": [False], "distance": [0]}
    )
    with pytest.raises(KeyError, match="7"):
        metrics_by_seed(table, {1: 0.5}, ("r",))
    with pytest.raises(KeyError, match="test"):
        summarise(by_hand([0.5]), {})


def test_a_split_without_gold_has_no_metrics():
    table = pd.DataFrame(
        {
            "split": ["test", "dev"],
            "seed": [1, 1],
            "predicted": [True, True],
            "gold": [False, True],
            "seen_in_train": [False, False],
            "distance": [0, 1],
        }
    )
    assert metrics_by_seed(table, {1: 0.5}, ("r",))["split"].tolist() == ["dev"]


def test_is_written_rounded_and_in_order(tmp_path):
    path = tmp_path / "results" / "metrics.json"
    write_metrics(summarise(by_hand([1 / 3]), {"test": 2 / 3}), path)
    text = path.read_text()
    content = json.loads(text)
    assert list(content["test"]) == [*FIGURES, "all_positive_f1", "support", "seeds"]
    assert content["test"]["f1"] == 0.333333
    assert content["test"]["all_positive_f1"] == 0.666667
    assert '"support": 40,' in text
    assert text.endswith("}\n")


def test_nothing_is_written_where_a_figure_is_missing(tmp_path):
    path = tmp_path / "metrics.json"
    with pytest.raises(ValueError, match="JSON"):
        write_metrics({"test": {"f1": math.nan}}, path)
    assert not list(tmp_path.iterdir())
