import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scored_documents import RELATIONS, document, scored_documents

from glre.documents.candidates import CandidatePair
from glre.evaluation.document_scores import DocumentScores
from glre.evaluation.gold import pair_labels
from glre.evaluation.threshold import UNDECIDED, Threshold, best_threshold, threshold_at, threshold_for

PROBABILITY = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.floats(0, 1))


def f1_at(threshold, scores, gold, facts):
    predicted = correct = 0
    for score, true in zip(scores, gold, strict=True):
        if score >= threshold:
            predicted += 1
            correct += true
    return 2 * correct / (predicted + facts) if correct else 0.0


@given(st.lists(st.tuples(PROBABILITY, st.booleans()), max_size=30), st.integers(0, 5))
@example([(0.0, True), (0.0, False)], 0)
@example([(np.nextafter(0.5, 1), True), (0.5, False)], 0)
@example([(5e-324, True), (0.0, False)], 0)
def test_agrees_with_trying_every_score(scored, without_score):
    scores, gold = [score for score, _ in scored], [true for _, true in scored]
    facts = sum(gold) + without_score
    best = best_threshold(np.array(scores), np.array(gold, dtype=bool), facts)
    slow = {score: f1_at(score, scores, gold, facts) for score in scores}
    assert best.f1 == max(slow.values(), default=0.0)
    if not any(gold):
        assert best == UNDECIDED
        return
    assert f1_at(best.value, scores, gold, facts) == best.f1
    lowest = max(score for score, f1 in slow.items() if f1 == best.f1)
    below = max((score for score in scores if score < lowest), default=0.0)
    assert below <= best.value <= lowest
    assert best.value == pytest.approx((lowest + below) / 2, rel=1e-12, abs=1e-300)


@given(arrays.arrays(np.float32, st.integers(1, 20), elements=st.floats(0, 1, width=32)), st.data())
def test_single_precision_gives_what_double_precision_gives(scores, data):
    gold = data.draw(arrays.arrays(np.bool_, scores.shape))
    assert best_threshold(scores, gold, 20) == best_threshold(scores.astype(np.float64), gold, 20)


@given(st.lists(st.tuples(PROBABILITY, st.booleans()), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_order_does_not_matter(scored, random):
    shuffled = list(scored)
    random.shuffle(shuffled)
    first, second = (
        best_threshold(np.array([score for score, _ in each]), np.array([true for _, true in each]), len(each))
        for each in (scored, shuffled)
    )
    assert first == second


def test_lies_midway_and_keeps_ties_together():
    scores = np.array([0.9, 0.6, 0.6, 0.6, 0.2])
    gold = np.array([True, True, True, False, False])
    best = best_threshold(scores, gold, 3)
    assert best.value == pytest.approx(0.4)
    assert best.f1 == 6 / 7


def test_facts_without_a_score_pull_the_threshold_down():
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    gold = np.array([True, False, False, True, False])
    assert best_threshold(scores, gold, 2).value == pytest.approx(0.85)
    best = best_threshold(scores, gold, 8)
    assert best.value == pytest.approx(0.55)
    assert best.f1 == 2 * 2 / (4 + 8)


@pytest.mark.parametrize("facts", [0, 3])
def test_undecided_without_a_scored_fact(facts):
    assert best_threshold(np.array([0.3, 0.9]), np.array([False, False]), facts) == UNDECIDED
    assert best_threshold(np.empty(0), np.empty(0, dtype=bool), facts) == UNDECIDED
    assert threshold_for([], [], RELATIONS) == UNDECIDED


@pytest.mark.parametrize("wrong", [float("nan"), -0.1, 1.5])
def test_refuses_what_is_no_probability(wrong):
    with pytest.raises(ValueError, match="not probabilities"):
        best_threshold(np.array([0.5, wrong]), np.array([True, False]), 1)


def test_refuses_counts_and_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="1 facts, but 2"):
        best_threshold(np.array([0.5, 0.6]), np.array([True, True]), 1)
    with pytest.raises(ValueError, match="shape"):
        best_threshold(np.array([0.5, 0.6]), np.array([True]), 2)


@given(scored_documents())
def test_over_documents_is_over_counted_pairs_and_all_facts(made):
    scores, gold, facts = [], [], 0
    for each, scored in zip(made.documents, made.scores, strict=True):
        labels = pair_labels(each, scored.pairs, RELATIONS)
        facts += labels.facts
        for pair, counted in enumerate(labels.counted):
            if counted:
                scores += scored.scores[pair].tolist()
                gold += labels.gold[pair].tolist()
    expected = best_threshold(np.array(scores), np.array(gold, dtype=bool), facts)
    assert threshold_for(made.documents, made.scores, RELATIONS) == expected


@given(scored_documents(), PROBABILITY)
def test_of_a_threshold_that_was_not_chosen_the_f1_is_over_counted_pairs_and_all_facts(made, threshold):
    predicted = correct = facts = 0
    for each, scored in zip(made.documents, made.scores, strict=True):
        labels = pair_labels(each, scored.pairs, RELATIONS)
        facts += labels.facts
        for pair, counted in enumerate(labels.counted):
            chosen = (scored.scores[pair] >= threshold) & counted
            predicted += int(chosen.sum())
            correct += int((chosen & labels.gold[pair]).sum())
    found = threshold_at(threshold, made.documents, made.scores, RELATIONS)
    assert found.value == threshold
    assert found.f1 == (2 * correct / (predicted + facts) if predicted + facts else 0.0)


def test_a_threshold_that_was_not_chosen_stays_where_dev_says_nothing():
    assert threshold_at(0.4, [], [], RELATIONS) == Threshold(0.4, 0.0)


@given(scored_documents())
def test_no_threshold_is_better_than_the_chosen_one(made):
    chosen = threshold_for(made.documents, made.scores, RELATIONS)
    assert threshold_at(chosen.value, made.documents, made.scores, RELATIONS).f1 == chosen.f1
    for value in (0.0, 0.2, 0.5, 0.75, 1.0):
        assert threshold_at(value, made.documents, made.scores, RELATIONS).f1 <= chosen.f1


def test_excluded_pairs_do_not_move_it():
    made = document([[(0, "a")], [(0, "b")], [(0, "c")]], [(0, 1, "causes")], excluded=[(0, 2)])
    pairs = (CandidatePair(0, 1), CandidatePair(0, 2))
    scores = DocumentScores(made.id, pairs, np.array([[0.6], [0.9]], dtype=np.float32))
    best = threshold_for([made], [scores], ("causes",))
    assert best.f1 == 1.0
    assert best.value == pytest.approx(0.3)
