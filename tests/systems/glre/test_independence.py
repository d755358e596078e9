"""A document's logits depend on the document alone: not on its batch, nor on anything gold."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import A_TO_B, ANY, RELATIONS, Corpus, corpora, documents, large_document, with_gold
from small_models import ABLATIONS, STATE_WIDTH, glre_scorer
from torch import Tensor

from glre.documents.document import Document
from glre.encoding.word_inputs import StateInputs, state_inputs, vocabulary, word_numbers
from glre.systems.glre.glre import GLRE
from glre.systems.network import Scorer
from glre.systems.scoring import score
from glre.systems.split import Split, StepLimits, make_split

TOLERANCE = {"rtol": 0.0, "atol": 1e-5}


def states_of(corpus: Corpus) -> StateInputs:
    states = np.random.default_rng(0).normal(size=(corpus.words, 1, STATE_WIDTH)).astype(np.float16)
    return state_inputs(states, corpus.documents)


def split_of(corpus: Corpus) -> Split:
    return make_split(GLRE, corpus.documents, states_of(corpus), corpus.rules, RELATIONS)


@torch.inference_mode()
def logits(model: Scorer, split: Split, numbers: list[int]) -> dict[int, Tensor]:
    """Logits of each of these documents, computed as one batch."""
    batch = split.batch(numbers)
    found = model(batch.inputs, batch.collated)
    return {number: found[part.pairs] for number, part in zip(numbers, batch.documents, strict=True)}


def alone(model: Scorer, split: Split) -> dict[int, Tensor]:
    return {number: logits(model, split, [number])[number] for number in range(len(split.documents))}


@pytest.mark.parametrize("ablation", ABLATIONS)
@settings(max_examples=10, deadline=None)
@given(corpus=corpora(max_documents=4), data=st.data())
def test_alone_in_any_batch_and_in_any_order(ablation: str, corpus: Corpus, data: st.DataObject) -> None:
    model, split = glre_scorer(**ABLATIONS[ablation]), split_of(corpus)
    expected = alone(model, split)
    order = data.draw(st.permutations(range(len(corpus.documents))))
    for number, found in logits(model, split, list(order)).items():
        torch.testing.assert_close(found, expected[number], **TOLERANCE)


@pytest.fixture(scope="module")
def large() -> Split:
    """Documents of very different lengths, so that the short ones are padded much."""
    lengths = ([12] * 9, [3], [25, 4, 17], [8, 8, 2, 30, 1, 9], [2, 2])
    counts = ([3, 1, 7, 2, 2, 1, 12, 1], [1, 1], [4, 1, 2, 5], [6, 20, 1, 1, 1, 2], [2, 1, 3])
    made = tuple(large_document(i, *sizes) for i, sizes in enumerate(zip(lengths, counts, strict=True)))
    return split_of(Corpus(made, ANY))


def test_padded_or_not_at_the_published_sizes(large: Split) -> None:
    model = glre_scorer(hidden=256, lstm=256, node_type=20, rgcn_layers=3, heads=4, distance=20, distance_bins=9)
    expected = alone(model, large)
    for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [1, 4], [1, 3, 1]):
        for number, found in logits(model, large, order).items():
            torch.testing.assert_close(found, expected[number], **TOLERANCE)
    assert max(found.std() for found in expected.values()) > 100 * TOLERANCE["atol"]


def test_scores_do_not_depend_on_the_batch_size(large: Split) -> None:
    model = glre_scorer()
    one_by_one = score(model, large, range(5), StepLimits(1, 10**6, 10**6))
    for size in (2, 16):
        for found, expected in zip(
            score(model, large, range(5), StepLimits(size, 10**6, 10**6)), one_by_one, strict=True
        ):
            assert found.document_id == expected.document_id
            assert found.pairs == expected.pairs
            assert np.allclose(found.scores, expected.scores, **TOLERANCE)


gold = documents().flatmap(lambda plain: st.tuples(st.just(plain), with_gold(plain), with_gold(plain)))


@settings(max_examples=15, deadline=None)
@given(st.lists(gold, min_size=1, max_size=3), st.sampled_from([ANY, A_TO_B]))
def test_facts_and_excluded_pairs_do_not_reach_the_logits(
    variants: list[tuple[Document, Document, Document]], rules: tuple
) -> None:
    model = glre_scorer()
    found = []
    for made in zip(*variants, strict=True):
        split = split_of(Corpus(made, rules))
        batch = split.batch(range(len(made)))
        found.append(model(batch.inputs, batch.collated))
    assert torch.equal(found[0], found[1])
    assert torch.equal(found[0], found[2])


def test_nor_do_they_reach_the_vocabulary(large: Split) -> None:
    made = large.documents[0]
    stripped = replace(made, facts=(), excluded=())
    words = vocabulary([made], 1)
    assert vocabulary([stripped], 1) == words
    table = {word: number for number, word in enumerate(words, start=1)}
    numbers = [word_numbers([document], table).take([0]) for document in (made, stripped)]
    assert torch.equal(*numbers)
