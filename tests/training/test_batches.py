from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from word_documents import RELATIONS, documents, split

from glre.documents.candidates import CandidatePair
from glre.evaluation.gold import pair_labels
from glre.systems.split import Split, StepLimits, ordered_steps, steps
from glre.training.batches import epoch_batches

sizes = st.integers(1, 7)
counts = st.integers(1, 60)


def with_pairs(made: Split) -> set[int]:
    return {number for number, pairs in enumerate(made.pairs) if pairs}


def by_length(made: Split, size: int) -> list[list[int]]:
    return list(ordered_steps(made, range(len(made.documents)), StepLimits(size, 10**6, 10**6)))


@settings(max_examples=30, deadline=None)
@given(counts, sizes, st.integers(0, 99))
def test_every_document_with_candidate_pairs_once(count: int, size: int, seed: int) -> None:
    made = split(documents(count))
    for batches in (
        epoch_batches(made, size, np.random.default_rng(seed)),
        by_length(made, size),
    ):
        numbers = [number for batch in batches for number in batch]
        assert sorted(numbers) == sorted(with_pairs(made))
        assert all(1 <= len(batch) <= size for batch in batches)


def test_documents_without_candidate_pairs_are_left_out() -> None:
    made = split(documents(8))
    assert with_pairs(made) == {0, 1, 2, 4, 5, 6}


def test_the_order_follows_from_the_state_of_the_generator() -> None:
    made = split(documents(40))
    generator, other = np.random.default_rng(5), np.random.default_rng(6)
    first = epoch_batches(made, 4, generator)
    state = generator.bit_generator.state
    second = epoch_batches(made, 4, generator)
    other.bit_generator.state = state
    assert epoch_batches(made, 4, other) == second
    assert first != second
    assert epoch_batches(made, 4, np.random.default_rng(5)) == first


def test_a_batch_has_documents_of_like_length() -> None:
    made = split(documents(60))
    for batches in (epoch_batches(made, 4, np.random.default_rng(0)), by_length(made, 4)):
        spans = sorted(
            (
                min(made.layouts[number].words for number in batch),
                max(made.layouts[number].words for number in batch),
            )
            for batch in batches
        )
        assert all(longest <= shortest for (_, longest), (shortest, _) in pairwise(spans))


def test_an_epoch_of_many_documents_is_shuffled_across_lengths() -> None:
    made = split(documents(200))
    batches = epoch_batches(made, 2, np.random.default_rng(0))
    lengths = [made.layouts[batch[0]].words for batch in batches]
    assert lengths != sorted(lengths)
    # More than one pool of 16 batches: a long document of the first pool comes before a short one of the second.
    assert len(batches) > 16


@pytest.mark.parametrize("numbers", [[0], [5, 0, 2]])
def test_gold_inputs_and_graph_of_a_batch_are_those_of_its_documents(numbers: list[int]) -> None:
    made = split(documents(8))
    batch = made.batch(numbers)
    expected = [pair_labels(made.documents[number], made.pairs[number], RELATIONS) for number in numbers]
    assert torch.equal(batch.gold, torch.tensor(np.concatenate([labels.gold for labels in expected])).float())
    assert torch.equal(batch.counted, torch.tensor(np.concatenate([labels.counted for labels in expected])))
    assert torch.equal(batch.inputs, torch.cat([made.inputs.take([number]) for number in numbers]))
    places = [part.entities.start for part in batch.documents]
    heads = [start + pair.head for start, number in zip(places, numbers, strict=True) for pair in made.pairs[number]]
    assert batch.collated.layout.pairs[0].tolist() == heads
    assert [part.words.stop - part.words.start for part in batch.documents] == [
        made.documents[number].words for number in numbers
    ]


def test_excluded_pairs_are_among_the_pairs_and_not_counted() -> None:
    made = split(documents(40))
    excluded = 0
    for document, pairs, labels in zip(made.documents, made.pairs, made.labels, strict=True):
        names = [entity.id for entity in document.entities]
        for pair in document.excluded:
            place = pairs.index(CandidatePair(names.index(pair.head), names.index(pair.tail)))
            assert not labels.counted[place]
            excluded += 1
        assert (~labels.counted).sum() == len(document.excluded)
    assert excluded > 5


def test_on_the_processor_a_batch_stays_what_it_is() -> None:
    batch = split(documents(4)).batch([0, 1])
    assert batch.to(torch.device("cpu")) is batch


@settings(max_examples=30, deadline=None)
@given(counts, sizes, st.integers(1, 60), st.integers(1, 12), st.integers(0, 99))
def test_steps_keep_order_and_limits_and_are_no_smaller_than_they_must(
    count: int, most: int, words: int, pairs: int, seed: int
) -> None:
    made = split(documents(count, seed))
    numbers = np.random.default_rng(seed).permutation(count).tolist()
    limits = StepLimits(most, words, pairs)

    def fits(step: list[int]) -> bool:
        longest = max(made.layouts[number].words for number in step)
        return (
            len(step) <= most
            and longest * len(step) <= words
            and sum(len(made.pairs[number]) for number in step) <= pairs
        )

    found = list(steps(made, numbers, limits))
    assert [number for step in found for number in step] == numbers
    assert all(len(step) == 1 or fits(step) for step in found)
    assert not any(fits([*step, following[0]]) for step, following in pairwise(found))
