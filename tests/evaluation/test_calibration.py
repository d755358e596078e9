from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_documents import counted_scores, scored_documents, table_of

from glre.evaluation.calibration import Calibration, ReliabilityBin, calibration


def made_of(scored):
    """A table of (score, gold) rows of counted pairs, none predicted."""
    table = pd.DataFrame(scored, columns=["score", "gold"]).astype({"score": "float64", "gold": "bool"})
    return table.assign(predicted=False, excluded=False)


@given(st.lists(st.tuples(st.floats(0.011, 1), st.booleans()), max_size=40), st.integers(1, 12))
def test_agrees_with_going_through_every_bin(scored, bins):
    result = calibration(made_of(scored), bins)
    expected, error = [], 0.0
    edges = [number / bins for number in range(bins + 1)]
    for lower, upper in pairwise(edges):
        inside = [(score, gold) for score, gold in scored if lower < score <= upper]
        if inside:
            mean = sum(score for score, _ in inside) / len(inside)
            fraction = sum(gold for _, gold in inside) / len(inside)
            expected.append((max(lower, 0.01), upper, len(inside), mean, fraction))
            error += len(inside) / len(scored) * abs(mean - fraction)
    found = [(each.lower, each.upper, each.count, each.mean_score, each.fraction_gold) for each in result.bins]
    assert len(found) == len(expected)
    for row, slow in zip(found, expected, strict=True):
        assert row == pytest.approx(slow, abs=1e-12)
    assert result.expected_calibration_error == pytest.approx(error, abs=1e-12)
    squares = [(score - gold) ** 2 for score, gold in scored]
    assert result.brier_score == pytest.approx(sum(squares) / len(squares) if squares else 0, abs=1e-12)


@given(scored_documents(), st.sampled_from([0.0, 0.005, 0.2, 0.75]))
def test_counts_the_scores_of_counted_pairs_that_the_table_holds_whole(made, threshold):
    result = calibration(table_of(made, threshold=threshold))
    scores = [score for score in counted_scores(made) if score > 0.01 or score >= threshold]
    assert sum(each.count for each in result.bins) == len(scores)
    assert sum(each.count * each.mean_score for each in result.bins) == pytest.approx(sum(scores), abs=1e-9)
    for each in result.bins:
        assert each.lower <= each.mean_score <= each.upper + 1e-12


def test_by_hand():
    result = calibration(made_of([(0.1, False), (0.05, False), (0.8, True), (0.9, True), (0.9, False)]), bins=5)
    assert result.bins == (
        ReliabilityBin(0.01, 0.2, 2, pytest.approx(0.075), 0.0),
        ReliabilityBin(0.6, 0.8, 1, 0.8, 1.0),
        ReliabilityBin(0.8, 1.0, 2, 0.9, 0.5),
    )
    assert result.expected_calibration_error == pytest.approx((2 * 0.075 + 0.2 + 2 * 0.4) / 5)
    assert result.brier_score == pytest.approx((0.01 + 0.0025 + 0.04 + 0.01 + 0.81) / 5)


def test_facts_below_the_floor_take_no_part():
    table = made_of([(0.001, True), (0.0, True), (0.5, True)])
    assert calibration(table).bins == (ReliabilityBin(0.4, 0.5, 1, 0.5, 1.0),)


def test_a_perfect_and_a_worthless_model():
    perfect = calibration(made_of([(1.0, True)] * 3 + [(0.02, False)]))
    assert perfect.expected_calibration_error == pytest.approx(0.02 / 4)
    worthless = calibration(made_of([(1.0, False)] * 3))
    assert (worthless.expected_calibration_error, worthless.brier_score) == (1, 1)


def test_scores_drawn_as_probabilities_are_calibrated():
    random = np.random.default_rng(3)
    scores = random.uniform(0.02, 1, 100_000)
    drawn = pd.DataFrame({"score": scores, "gold": random.random(100_000) < scores})
    result = calibration(drawn.assign(predicted=False, excluded=False))
    assert result.expected_calibration_error < 0.01
    assert result.brier_score == pytest.approx(np.mean(scores * (1 - scores)), abs=0.005)


def test_nothing_scored_and_no_bins():
    assert calibration(made_of([])) == Calibration((), 0.0, 0.0)
    with pytest.raises(ValueError, match="0 bins"):
        calibration(made_of([]), bins=0)
