import pytest
import torch
from equations import classifier, first_word
from equations import distance_bin as slow_bin
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import Corpus, corpora
from torch import nn

from glre.systems.glre.classifier import Classifier
from glre.systems.layers.distance import DistanceEmbedding, distance_bin


@pytest.mark.parametrize("bins", [1, 3, 9, 12])
def test_bins_of_all_distances(bins: int) -> None:
    distances = range(-(2**12), 2**12 + 1)
    found = distance_bin(torch.tensor(distances), bins).tolist()
    assert found == [slow_bin(distance, bins) for distance in distances]
    assert set(found) == set(range(-bins - 1, bins + 2))


def test_bins_at_their_borders() -> None:
    distances = [0, 1, -1, 2, 3, 4, 7, 8, -8, 511, 512, 10**6, -(10**6)]
    assert distance_bin(torch.tensor(distances), 9).tolist() == [0, 1, -1, 2, 2, 3, 3, 4, -4, 9, 10, 10, -10]


def test_each_bin_has_a_vector_of_its_own() -> None:
    embedding = DistanceEmbedding(3, 2)
    vectors = embedding(torch.tensor([-100, -8, -7, -2, -1, 0, 1, 2, 4, 8, 100]))
    assert [len(row) for row in vectors] == [2] * 11
    assert torch.equal(vectors[0], vectors[1])
    assert torch.equal(vectors[-1], vectors[-2])
    assert len({tuple(row.tolist()) for row in vectors}) == 9 == embedding.vectors.num_embeddings


@settings(max_examples=25, deadline=None)
@given(corpora(), st.booleans(), st.sampled_from([(), (7,), (7, 4)]), st.integers(0, 1000))
def test_agrees_with_the_equations(corpus: Corpus, use_context: bool, hidden: tuple[int, ...], seed: int) -> None:
    torch.manual_seed(seed)
    module = Classifier(3, 2, 2, 2, hidden, dropout=0.5, use_context=use_context).double().eval()
    if module.context is not None:
        nn.init.normal_(module.context.weight.weight)
    layout = corpus.layout
    head_rows, tail_rows = torch.randn(2, layout.pairs.shape[1], 3, dtype=torch.float64)
    expected, start = [], 0
    for d, document in enumerate(corpus.documents):
        pairs = corpus.pairs(d)
        entities = list(zip(head_rows, tail_rows, strict=True))[start : start + len(pairs)]
        start += len(pairs)
        distances = [first_word(document, pair.tail) - first_word(document, pair.head) for pair in pairs]
        expected += classifier(module, entities, distances)
    found = module(head_rows, tail_rows, layout)
    assert found.shape == (len(expected), 2)
    for row, other in zip(found, expected, strict=True):
        torch.testing.assert_close(row, other, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("use_context", "inputs"), [(True, 2 * 2 * (6 + 4)), (False, 2 * (6 + 4))])
def test_widths(use_context: bool, inputs: int) -> None:
    module = Classifier(6, 96, 9, 4, (), 0.0, use_context)
    assert [(layer.in_features, layer.out_features) for layer in module.ffnn if isinstance(layer, nn.Linear)] == [
        (inputs, 96)
    ]
    deep = Classifier(6, 96, 9, 4, (512,), 0.0, use_context)
    assert [(layer.in_features, layer.out_features) for layer in deep.ffnn if isinstance(layer, nn.Linear)] == [
        (inputs, 512),
        (512, 96),
    ]
