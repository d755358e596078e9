import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scored_documents import scored_documents, table_of

from glre.errors import InputError
from glre.evaluation.comparison import compare_f1
from glre.evaluation.metrics import count_all, metrics

RESAMPLES = 40


def two_systems(documents, right, seed=1, random_seed=5, facts=4):
    """A table for each of two systems that find a fact with the probability `right` and invent some as often."""
    random = np.random.default_rng(random_seed)
    tables = []
    for chance in right:
        gold = np.tile([True] * facts + [False] * 2, documents)
        table = pd.DataFrame({"document_id": np.repeat([f"d{number}" for number in range(documents)], facts + 2)})
        predicted = random.random(len(table)) < np.where(gold, chance, 0.4)
        ends = [f"E{number}" for number in range(facts + 2)] * documents
        table = table.assign(head_id=ends, tail_id="E", relation="causes", split="test", seed=seed, gold=gold)
        tables.append(table.assign(predicted=predicted, seen_in_train=False))
    return tables


def slowly(first, second, resamples, random_seed):
    """Interval and p value, counting one document after the other."""

    def f1_of(tables):
        hits = sum(int((table["predicted"] & table["gold"]).sum()) for table in tables)
        predicted = sum(int(table["predicted"].sum()) for table in tables)
        facts = sum(int(table["gold"].sum()) for table in tables)
        return 2 * hits / (predicted + facts) if predicted + facts else 0.0

    names = list(dict.fromkeys([*first["document_id"], *second["document_id"]]))
    parts = [[table[table["document_id"] == name] for name in names] for table in (first, second)]
    observed = f1_of(parts[0]) - f1_of(parts[1])
    random = np.random.default_rng(random_seed)
    drawn = []
    for _ in range(resamples):
        places = [int(random.integers(len(names))) for _ in names]
        ours, theirs = ([own[place] for place in places] for own in parts)
        drawn.append(f1_of(ours) - f1_of(theirs))
    as_large = 1
    for _ in range(resamples):
        sides = [[], []]
        for one, other in zip(*parts, strict=True):
            swap = random.random() < 0.5
            sides[swap].append(one)
            sides[not swap].append(other)
        as_large += abs(f1_of(sides[0]) - f1_of(sides[1])) >= abs(observed)
    return np.quantile(drawn, [0.025, 0.975]), as_large / (resamples + 1)


@settings(max_examples=15, deadline=None)
@given(scored_documents(), st.sampled_from([0.1, 0.4, 0.9]), st.sampled_from([0.1, 0.4, 0.9]), st.integers(0, 3))
def test_agrees_with_a_loop_over_documents(made, threshold, other, random_seed):
    first, second = table_of(made, threshold=threshold), table_of(made, threshold=other)
    if not len(first):
        return
    found = compare_f1(first, second, resamples=RESAMPLES, random_seed=random_seed)
    interval, p_value = slowly(first, second, RESAMPLES, random_seed)
    assert found.interval == pytest.approx(tuple(interval), abs=1e-12)
    assert found.p_value == pytest.approx(p_value, abs=1e-12)
    assert found.first_f1 == pytest.approx(metrics(count_all(first)).f1, abs=1e-12)
    assert found.second_f1 == pytest.approx(metrics(count_all(second)).f1, abs=1e-12)
    assert found.difference == found.first_f1 - found.second_f1
    assert found.documents == first["document_id"].nunique()


@pytest.mark.parametrize("resamples", [1, 499, 500, 501, 1203])
def test_blocks_draw_what_one_after_the_other_draws(resamples):
    first, second = two_systems(3, (0.7, 0.5))
    found = compare_f1(first, second, resamples=resamples, random_seed=7)
    interval, p_value = slowly(first, second, resamples, 7)
    assert found.interval == pytest.approx(tuple(interval), abs=1e-12)
    assert found.p_value == pytest.approx(p_value, abs=1e-12)


def test_identical_systems_do_not_differ():
    first, _ = two_systems(50, (0.6, 0.6))
    found = compare_f1(first, first.copy())
    assert (found.difference, found.interval, found.p_value) == (0, (0, 0), 1)


def test_systems_of_the_same_quality_do_not_differ_significantly():
    found = compare_f1(*two_systems(60, (0.6, 0.6)))
    assert found.interval[0] < 0 < found.interval[1]
    assert found.p_value > 0.1


def test_a_clearly_better_system_is_told_apart():
    found = compare_f1(*two_systems(60, (0.8, 0.5)))
    assert found.difference > 0.1
    assert 0 < found.interval[0] < found.difference < found.interval[1]
    assert found.p_value == 1 / 10_001


def test_chance_alone_is_rarely_called_significant():
    """Of systems of the same quality, one in twenty has p ≤ 0.05 and one in twenty an interval without 0."""
    found = [compare_f1(*two_systems(40, (0.6, 0.6), random_seed=draw), resamples=400) for draw in range(200)]
    assert 2 <= sum(each.p_value <= 0.05 for each in found) <= 20
    assert 2 <= sum(not each.interval[0] <= 0 <= each.interval[1] for each in found) <= 22


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12), st.tuples(st.floats(0, 1), st.floats(0, 1)), st.integers(0, 100))
def test_the_other_way_round_the_difference_is_negated(documents, right, random_seed):
    first, second = two_systems(documents, right, random_seed=random_seed)
    there, back = (compare_f1(*pair, resamples=200) for pair in ((first, second), (second, first)))
    assert there.difference == -back.difference
    assert there.interval == pytest.approx((-back.interval[1], -back.interval[0]), abs=1e-12)
    assert there.p_value == back.p_value
    assert (there.first_f1, there.second_f1) == (back.second_f1, back.first_f1)


def test_seeds_that_both_have_are_counted_together():
    pairs = [two_systems(20, (0.7, 0.6), seed=seed, random_seed=seed) for seed in (1, 2, 3)]
    first = pd.concat([pairs[0][0], pairs[1][0]])
    second = pd.concat([pairs[1][1], pairs[2][1], pairs[0][1]])
    found = compare_f1(first, second, resamples=100)
    assert (found.seeds, found.documents) == ((1, 2), 20)
    assert found.first_f1 == pytest.approx(metrics(count_all(first)).f1)
    assert found.second_f1 == pytest.approx(metrics(count_all(second[second["seed"] < 3])).f1)
    doubled = compare_f1(*(pd.concat([table, table.assign(seed=2)]) for table in pairs[0]), resamples=100)
    once = compare_f1(*pairs[0], resamples=100)
    assert (doubled.interval, doubled.p_value) == (pytest.approx(once.interval), once.p_value)


def test_a_document_with_rows_in_one_table_alone_counts_as_one_without_predictions_in_the_other():
    first, second = two_systems(5, (0.7, 0.6))
    invented = first.iloc[[0]].assign(document_id="no facts", gold=False, predicted=True)
    found = compare_f1(pd.concat([first, invented]), second, resamples=100)
    assert found.documents == 6
    assert found.second_f1 == pytest.approx(metrics(count_all(second)).f1)


def test_refuses_what_cannot_be_compared():
    first, second = two_systems(5, (0.7, 0.6))
    with pytest.raises(InputError, match=r"document 'd4'.*in the first alone.*the same documents"):
        compare_f1(first, second[second["document_id"] != "d4"])
    with pytest.raises(InputError, match=r"document 'd0'.*causes, E.*in the second alone"):
        compare_f1(first.iloc[1:], second)
    with pytest.raises(InputError, match=r"\['test'\] and of \['dev'\]"):
        compare_f1(first, second.assign(split="dev"))
    with pytest.raises(InputError, match="one split"):
        compare_f1(*(pd.concat([table, table.assign(split="dev")]) for table in (first, second)))
    with pytest.raises(InputError, match="no seed that both have"):
        compare_f1(first, second.assign(seed=2))
    with pytest.raises(ValueError, match="0 resamples"):
        compare_f1(first, second, resamples=0)
