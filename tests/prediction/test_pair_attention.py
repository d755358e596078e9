import numpy as np
import pytest
import torch
from glre.prediction.explanation.pair_attention import PairAttention
from glre.systems.glre.attention_weights import Weights, document_attention
from random_documents import A_TO_B, ANY, Corpus, document, large_document
from small_models import ABLATIONS, STATE_WIDTH, glre_model
from torch import Tensor


def states(corpus: Corpus) -> Tensor:
    torch.manual_seed(3)
    return torch.randn(corpus.words, 1, STATE_WIDTH)


def same(one: Weights | None, other: Weights | None) -> None:
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        np.testing.assert_allclose(one, other, rtol=1e-5)


@pytest.mark.parametrize("name", ABLATIONS)
def test_they_are_those_of_all_pairs_at_once(name: str) -> None:
    corpus = Corpus((large_document(4, [9] * 5, [3, 1, 7, 2, 4]),), ANY)
    model, inputs = glre_model(seed=1, **ABLATIONS[name]), states(corpus)
    whole = document_attention(model, inputs, corpus.graph)
    found = PairAttention(model, inputs, corpus.graph)
    same(found.local.head, whole.head)
    same(found.local.tail, whole.tail)
    for place in (7, 0, len(whole.pairs) - 1):
        same(found.context(place), None if whole.context is None else whole.context[place])
    assert not any(part._forward_pre_hooks for part in model.modules())


def test_no_table_of_all_pairs_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = Corpus((large_document(5, [30] * 8, [2] * 60),), ANY)
    pairs = corpus.graph.pairs.shape[1]
    largest = 0
    softmax = Tensor.softmax

    def watched(logits: Tensor, dim: int) -> Tensor:
        nonlocal largest
        largest = max(largest, logits.numel())
        return softmax(logits, dim)

    monkeypatch.setattr(Tensor, "softmax", watched)
    found = PairAttention(glre_model(), states(corpus), corpus.graph)
    assert found.context(3).shape == (pairs,)
    assert pairs <= largest < pairs**2 / 10


def test_of_a_document_without_pairs_there_is_nothing_to_look_at() -> None:
    corpus = Corpus((document([4], [[(0, 0, 1)]]),), A_TO_B)
    np.testing.assert_array_equal(PairAttention(glre_model(), states(corpus), corpus.graph).local.head, [[1.0]])


def test_only_one_document_at_a_time() -> None:
    one = document([4], [[(0, 0, 1)], [(0, 1, 2)]])
    corpus = Corpus((one, one), ANY)
    with pytest.raises(ValueError, match="one document"):
        PairAttention(glre_model(), states(corpus), corpus.graph)
