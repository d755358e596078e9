import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from word_documents import documents, split

from glre.training.negatives import with_negatives


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99), st.floats(0.01, 0.99))
def test_every_counted_positive_pair_is_asked_for_and_no_excluded_one(seed: int, share: float) -> None:
    made = split(documents(20, seed))
    for before, after, labels in zip(
        made.layouts, with_negatives(made, share, np.random.default_rng(seed)).layouts, made.labels, strict=True
    ):
        positive = np.flatnonzero(labels.gold.any(axis=1))
        assert set(positive) <= set(after.asked) <= set(np.flatnonzero(labels.counted))
        assert after.asked.tolist() == sorted(set(after.asked))
        assert np.array_equal(after.pairs, before.pairs), "the others stay as context"


def test_the_share_is_that_of_the_na_pairs() -> None:
    made = split(documents(600))
    asked = with_negatives(made, 0.3, np.random.default_rng(0))
    negative = sum(int((labels.counted & ~labels.gold.any(axis=1)).sum()) for labels in made.labels)
    positive = sum(int(labels.gold.any(axis=1).sum()) for labels in made.labels)
    found = sum(len(layout.asked) for layout in asked.layouts) - positive
    assert negative > 500
    assert found / negative == pytest.approx(0.3, abs=0.05)


def test_they_are_drawn_anew_by_the_generator() -> None:
    made = split(documents(40))

    def drawn(generator: np.random.Generator) -> list[list[int]]:
        return [layout.asked.tolist() for layout in with_negatives(made, 0.5, generator).layouts]

    generator = np.random.default_rng(1)
    first, second = drawn(generator), drawn(generator)
    assert first != second
    assert drawn(np.random.default_rng(1)) == first


def test_all_of_them_takes_nothing_from_the_generator() -> None:
    made, generator = split(documents(8)), np.random.default_rng(1)
    assert with_negatives(made, 1.0, generator) is made
    assert generator.random() == np.random.default_rng(1).random()


def test_a_batch_has_gold_and_counts_of_the_asked_pairs_alone() -> None:
    made = with_negatives(split(documents(12)), 0.4, np.random.default_rng(0))
    numbers = [0, 1, 2]
    batch = made.batch(numbers)
    assert len(batch.gold) == len(batch.counted) == sum(len(made.layouts[number].asked) for number in numbers)
    assert batch.counted.all()
    assert made.counted(numbers) == len(batch.counted)
    assert batch.gold.sum() == sum(made.labels[number].gold.sum() for number in numbers)
