import statistics

import pandas as pd
import pytest
from hypothesis import given, settings
from scored_documents import scored_documents, table_of

from glre.evaluation.breakdowns.breakdown import DISTANCE, MENTIONS, SENTENCE, break_down, over_seeds, write_breakdowns
from glre.evaluation.metrics import count_all, metrics

MEMBERS = {
    ("distance", "0"): lambda distance, _: distance == 0,
    ("distance", "1"): lambda distance, _: distance == 1,
    ("distance", "2"): lambda distance, _: distance == 2,
    ("distance", "3+"): lambda distance, _: distance >= 3,
    ("mentions", "[1,2)"): lambda _, mentions: 1 <= mentions < 2,
    ("mentions", "[2,3)"): lambda _, mentions: 2 <= mentions < 3,
    ("mentions", "[3,4)"): lambda _, mentions: 3 <= mentions < 4,
    ("mentions", "4+"): lambda _, mentions: mentions >= 4,
    ("sentence", "intra"): lambda distance, _: distance == 0,
    ("sentence", "inter"): lambda distance, _: distance >= 1,
}


@settings(max_examples=30)
@given(scored_documents(), scored_documents())
def test_each_row_is_the_metrics_of_its_bucket(first, second):
    parts = {("dev", 1): table_of(first), ("dev", 2): table_of(first, seed=2, threshold=0.7)}
    parts["test", 1] = table_of(second, split="test")
    parts = {key: part for key, part in parts.items() if len(part)}
    broken_down = break_down(pd.concat([*parts.values(), table_of(first).iloc[:0]]))
    assert list(broken_down.columns) == [
        *("breakdown", "bucket", "seed", "split", "precision", "recall", "f1", "support", "predicted")
    ]
    assert len(broken_down) == len(MEMBERS) * len(parts)
    for row in broken_down.itertuples():
        part = parts[row.split, row.seed]
        inside = [
            bool(MEMBERS[row.breakdown, row.bucket](distance, mentions))
            for distance, mentions in zip(part["distance"], part["mentions"], strict=True)
        ]
        counts = count_all(part[inside])
        expected = metrics(counts)
        assert (row.precision, row.recall, row.f1) == (expected.precision, expected.recall, expected.f1)
        assert (row.support, row.predicted) == (counts.facts, counts.predicted)


@settings(max_examples=30)
@given(scored_documents())
def test_buckets_of_a_breakdown_add_up_to_the_whole(made):
    table = table_of(made)
    whole = count_all(table)
    for _, rows in break_down(table).groupby("breakdown"):
        assert rows["support"].sum() == whole.facts
        assert rows["predicted"].sum() == whole.predicted


@pytest.mark.parametrize(
    ("breakdown", "values", "buckets"),
    [
        (DISTANCE, [0, 1, 2, 3, 40], ["0", "1", "2", "3+", "3+"]),
        (MENTIONS, [1, 1.5, 2, 2.5, 3.5, 4, 9.5], ["[1,2)", "[1,2)", "[2,3)", "[2,3)", "[3,4)", "4+", "4+"]),
        (SENTENCE, [0, 1, 40], ["intra", "inter", "inter"]),
    ],
)
def test_edges_of_the_buckets(breakdown, values, buckets):
    numbers = breakdown.bucket_of(pd.DataFrame({breakdown.column: values}))
    assert [breakdown.buckets[number] for number in numbers] == buckets


def made_by_hand(f1):
    rows = [
        (breakdown, bucket, seed, "test", value, value, value, 10, 5 + seed)
        for breakdown, bucket in MEMBERS
        for seed, value in enumerate(f1, start=1)
    ]
    return pd.DataFrame(
        rows, columns=["breakdown", "bucket", "seed", "split", "precision", "recall", "f1", "support", "predicted"]
    )


def test_mean_and_spread_over_seeds():
    averaged = over_seeds(made_by_hand([0.5, 0.6, 0.9]))
    assert list(averaged.columns) == [
        *("breakdown", "bucket", "split", "seeds", "precision", "precision_std", "recall", "recall_std"),
        *("f1", "f1_std", "support", "predicted"),
    ]
    assert list(zip(averaged["breakdown"], averaged["bucket"], strict=True)) == list(MEMBERS)
    row = averaged.iloc[0]
    assert row["seeds"] == 3
    assert row["f1"] == pytest.approx(2 / 3)
    assert row["f1_std"] == pytest.approx(statistics.stdev([0.5, 0.6, 0.9]))
    assert row["support"] == 10
    assert row["predicted"] == 7


def test_one_seed_has_no_spread():
    averaged = over_seeds(made_by_hand([0.5]))
    assert (averaged["f1"] == 0.5).all()
    assert averaged["f1_std"].isna().all()


def test_one_file_for_each_breakdown(tmp_path):
    paths = write_breakdowns(over_seeds(made_by_hand([0.5])), tmp_path)
    assert [path.name for path in paths] == ["distance.csv", "mentions.csv", "sentence.csv"]
    lines = (tmp_path / "mentions.csv").read_text().splitlines()
    assert lines[0] == "bucket,split,seeds,precision,precision_std,recall,recall_std,f1,f1_std,support,predicted"
    assert lines[1] == '"[1,2)",test,1,0.500000,,0.500000,,0.500000,,10,6.000000'
    assert len(lines) == 5
