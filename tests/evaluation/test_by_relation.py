import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from scored_documents import NOT_ASKED_FOR, RELATIONS, document, scored_documents, table_of

from glre.evaluation.breakdowns.by_relation import (
    FREQUENCIES,
    break_down_by_frequency,
    break_down_by_relation,
    facts_by_relation,
)
from glre.evaluation.document_scores import DocumentScores
from glre.evaluation.metrics import count_all, metrics
from glre.evaluation.predictions import predictions_table
from glre.evaluation.training_facts import training_facts

NOTHING = {"split": "dev", "seed": 1, "threshold": 0.5, "training": training_facts([])}
FACTS = {"treats": 700, "prevents": 499, "causes": 9}
BUCKETS = {"treats": "500+", "prevents": "100-499", "causes": "<10"}


def no_scores(made):
    return DocumentScores(made.id, (), np.zeros((0, len(RELATIONS))))


@settings(max_examples=30)
@given(scored_documents(), scored_documents())
def test_each_row_is_the_mean_metrics_of_its_relations(first, second):
    parts = [table_of(first), table_of(first, seed=2, threshold=0.7), table_of(second, split="test")]
    parts = [part for part in parts if len(part)]
    splits = {part["split"].iloc[0] for part in parts}
    table = pd.concat([*parts, table_of(first).iloc[:0]])
    broken_down = pd.concat([break_down_by_relation(table, FACTS, {}), break_down_by_frequency(table, FACTS)])
    assert len(broken_down) == (len(FACTS) + len(FREQUENCIES)) * len(splits)
    for row in broken_down.itertuples():
        relations = [name for name in FACTS if row.bucket in (name, BUCKETS[name])]
        of_split = [part[part["relation"].isin(relations)] for part in parts if part["split"].iloc[0] == row.split]
        each = [metrics(count_all(part)) for part in of_split]
        assert row.seeds == len(each)
        assert row.f1 == pytest.approx(statistics.mean(figures.f1 for figures in each))
        assert row.precision == pytest.approx(statistics.mean(figures.precision for figures in each))
        assert row.recall == pytest.approx(statistics.mean(figures.recall for figures in each))
        if len(each) > 1:
            assert row.f1_std == pytest.approx(statistics.stdev(figures.f1 for figures in each))
        assert row.support == each[0].support
        assert row.facts_in_train == sum(FACTS[name] for name in relations)


def test_rows_are_in_the_order_of_the_facts_and_of_the_bounds():
    made = document([[(0, "a")], [(1, "b")]], [(0, 1, "causes")])
    table = predictions_table([made], [no_scores(made)], RELATIONS, **NOTHING)
    by_relation = break_down_by_relation(table, FACTS, {"causes": "is the cause of"})
    assert by_relation["bucket"].tolist() == list(FACTS)
    assert by_relation["name"].tolist() == ["treats", "prevents", "is the cause of"]
    assert by_relation["facts_in_train"].tolist() == [700, 499, 9]
    by_frequency = break_down_by_frequency(table, FACTS)
    assert by_frequency["bucket"].tolist() == ["<10", "10-99", "100-499", "500+"]
    assert by_frequency["facts_in_train"].tolist() == [9, 0, 499, 700]
    figures = ["split", "seeds", "precision", "precision_std", "recall", "recall_std", "f1", "f1_std", "support"]
    own = ["breakdown", "bucket", "name", "facts_in_train"]
    assert list(by_relation.columns) == [*own, *figures, "predicted"]
    assert list(by_frequency.columns) == [*(name for name in own if name != "name"), *figures, "predicted"]


@pytest.mark.parametrize(
    ("facts", "bucket"),
    [(0, "<10"), (9, "<10"), (10, "10-99"), (99, "10-99"), (100, "100-499"), (499, "100-499"), (500, "500+")],
)
def test_bounds_of_the_frequencies(facts, bucket):
    made = document([[(0, "a")], [(1, "b")]], [(0, 1, "causes")])
    table = predictions_table([made], [no_scores(made)], RELATIONS, **NOTHING)
    rows = break_down_by_frequency(table, {"causes": facts})
    assert rows[rows["support"] == 1]["bucket"].tolist() == [bucket]


def test_a_relation_that_training_does_not_list_is_refused():
    made = document([[(0, "a")], [(1, "b")]], [(0, 1, NOT_ASKED_FOR)])
    table = predictions_table([made], [no_scores(made)], RELATIONS, **NOTHING)
    with pytest.raises(KeyError, match=NOT_ASKED_FOR):
        break_down_by_relation(table, {"causes": 3}, {})


def test_facts_are_counted_once_and_the_most_frequent_relation_comes_first():
    names = [[(0, "a")], [(1, "b")], [(2, "c")]]
    first = document(names, [(0, 1, "causes"), (0, 1, "causes"), (1, 0, "treats")])
    second = document(names, [(0, 1, "treats"), (1, 2, "prevents"), (0, 2, "treats")])
    counted = facts_by_relation([first, second], ("prevents", "causes", "treats", "follows"))
    assert list(counted.items()) == [("treats", 3), ("prevents", 1), ("causes", 1), ("follows", 0)]
