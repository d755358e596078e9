import inspect

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_documents import RELATIONS, counted_scores, document, scored_documents, table_of

from glre.documents.candidates import CandidatePair
from glre.evaluation.curve import FLOOR, complete_rows, precision_recall_curve
from glre.evaluation.document_scores import DocumentScores
from glre.evaluation.metrics import count_all, metrics
from glre.evaluation.predictions import predictions_table
from glre.evaluation.training_facts import training_facts

THRESHOLDS = st.sampled_from([0.0, 0.003, 0.005, 0.1, 0.2, 0.3, 0.75, 1.0])


def made_of(scored, without_score=0):
    """A table of (score, gold) rows, and gold facts that were not asked for."""
    rows = [*scored, *[(0.0, True)] * without_score]
    table = pd.DataFrame(rows, columns=["score", "gold"]).astype({"score": "float64", "gold": "bool"})
    return table.assign(split="dev", seed=1, predicted=False, excluded=False)


@given(scored_documents(), THRESHOLDS)
def test_at_the_threshold_it_has_the_metrics_of_the_table(made, threshold):
    table = table_of(made, threshold=threshold)
    expected = metrics(count_all(table))
    point = precision_recall_curve(table).at(threshold)
    assert (point.precision, point.recall, point.f1) == (expected.precision, expected.recall, expected.f1)


@given(scored_documents(), THRESHOLDS)
def test_each_point_is_what_its_threshold_would_have_given(made, threshold):
    curve = precision_recall_curve(table_of(made, threshold=threshold))
    distinct = {score for score in counted_scores(made) if score > FLOOR or score >= threshold}
    assert curve.thresholds.tolist() == sorted(distinct, reverse=True)
    reached = area = 0.0
    for number, score in enumerate(curve.thresholds.tolist()):
        expected = metrics(count_all(table_of(made, threshold=score)))
        point = (curve.precision[number], curve.recall[number], curve.f1[number])
        assert point == (expected.precision, expected.recall, expected.f1)
        area += expected.precision * (expected.recall - reached)
        reached = expected.recall
    assert curve.average_precision == pytest.approx(area, abs=1e-12)


def test_by_hand():
    curve = precision_recall_curve(made_of([(0.9, True), (0.6, False), (0.6, True), (0.3, False)], without_score=2))
    assert curve.thresholds.tolist() == [0.9, 0.6, 0.3]
    assert curve.precision.tolist() == [1, 2 / 3, 2 / 4]
    assert curve.recall.tolist() == [1 / 4, 2 / 4, 2 / 4]
    assert curve.average_precision == pytest.approx(1 / 4 + 1 / 4 * 2 / 3)
    between = curve.at(0.7)
    assert (between.threshold, between.precision, between.recall, between.f1) == (0.7, 1, 0.25, 0.4)


def test_facts_below_the_floor_are_not_taken_for_right_predictions():
    made = document([[(0, "a")], [(0, "b")]], [(0, 1, "causes"), (1, 0, "causes")])
    pairs = (CandidatePair(0, 1), CandidatePair(1, 0))
    scores = DocumentScores(made.id, pairs, np.array([[0.9, 0.002], [0.004, 0.003]]))
    table = predictions_table(
        [made], [scores], RELATIONS, split="dev", seed=1, threshold=0.5, training=training_facts([])
    )
    assert len(table) == 2
    curve = precision_recall_curve(table)
    assert curve.thresholds.tolist() == [0.9]
    assert curve.recall.tolist() == [0.5]
    assert complete_rows(table).tolist() == [True, False]


def test_floor_is_the_one_that_tables_are_made_with():
    assert inspect.signature(predictions_table).parameters["floor"].default == FLOOR


def test_nothing_scored_and_nothing_gold():
    empty = precision_recall_curve(made_of([]))
    assert len(empty.thresholds) == 0
    assert empty.average_precision == 0
    assert empty.at(0.5).f1 == 0
    assert empty.thinned(2) is empty
    wrong = precision_recall_curve(made_of([(0.5, False)]))
    assert (wrong.precision.tolist(), wrong.recall.tolist(), wrong.f1.tolist()) == ([0], [0], [0])
    assert wrong.average_precision == 0


@given(st.lists(st.tuples(st.floats(0.02, 1), st.booleans()), min_size=1, max_size=60), st.integers(2, 12))
def test_thinned_keeps_ends_and_leaves_no_wider_gap_than_it_must(scored, points):
    curve = precision_recall_curve(made_of(scored))
    thin = curve.thinned(points)
    assert len(thin.thresholds) <= points
    whole = list(zip(curve.thresholds, curve.precision, curve.recall, strict=True))
    kept = list(zip(thin.thresholds, thin.precision, thin.recall, strict=True))
    assert kept == [point for point in whole if point in set(kept)]
    assert (kept[0], kept[-1]) == (whole[0], whole[-1])
    assert thin.average_precision == curve.average_precision
    step = (curve.recall[-1] - curve.recall[0]) / (points - 1)
    widest = max(np.diff(curve.recall), default=0)
    assert max(np.diff(thin.recall), default=0) <= step + widest + 1e-12


def test_refuses_several_seeds_and_too_few_points():
    table = made_of([(0.5, True)])
    with pytest.raises(ValueError, match="several splits or seeds"):
        precision_recall_curve(pd.concat([table, table.assign(seed=2)]))
    with pytest.raises(ValueError, match="1 points"):
        precision_recall_curve(table).thinned(1)
