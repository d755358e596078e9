import numpy as np
import pytest
import torch
from random_documents import A_TO_B, ANY, Corpus, document, large_document
from small_models import ABLATIONS, STATE_WIDTH, glre_model
from torch import Tensor

from glre.inference.pair_attention import pair_attention
from glre.model.attention_weights import document_attention


def states(corpus: Corpus) -> Tensor:
    torch.manual_seed(3)
    return torch.randn(corpus.words, 1, STATE_WIDTH)


@pytest.mark.parametrize("name", ABLATIONS)
def test_of_some_pairs_they_are_those_of_the_whole_document(name: str) -> None:
    corpus = Corpus((large_document(4, [9] * 5, [3, 1, 7, 2, 4]),), ANY)
    model, inputs = glre_model(seed=1, **ABLATIONS[name]), states(corpus)
    whole = document_attention(model, inputs, corpus.graph)
    places = [7, 0, len(whole.pairs) - 1]
    for place, found in zip(places, pair_attention(model, inputs, corpus.graph, places), strict=True):
        pair = whole.pairs[place]
        context = None if whole.context is None else whole.context[place]
        expected = (whole.over_head(pair), whole.over_tail(pair), context)
        for one, other in zip((found.head, found.tail, found.context), expected, strict=True):
            assert (one is None) == (other is None)
            if one is not None:
                np.testing.assert_allclose(one, other, rtol=1e-5)
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
    (found,) = pair_attention(glre_model(), states(corpus), corpus.graph, [3])
    assert found.context.shape == (pairs,)
    assert pairs <= largest < pairs**2 / 10


def test_of_no_pair_there_is_nothing() -> None:
    corpus = Corpus((document([4], [[(0, 0, 1)]]),), A_TO_B)
    assert list(pair_attention(glre_model(), states(corpus), corpus.graph, [])) == []


def test_only_one_document_at_a_time() -> None:
    one = document([4], [[(0, 0, 1)], [(0, 1, 2)]])
    corpus = Corpus((one, one), ANY)
    with pytest.raises(ValueError, match="one document"):
        list(pair_attention(glre_model(), states(corpus), corpus.graph, [0]))
