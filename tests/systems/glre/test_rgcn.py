import pytest
import torch
from equations import global_representations, initial_nodes, rgcn_layer, stacked
from explicit_graph import KINDS, edges, neighbours, nodes
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import ANY, Corpus, corpora, document

from glre.systems.glre.global_representation import GlobalRepresentation, RGCNLayer
from glre.systems.layers.nodes import InitialNodes, Nodes

few = settings(max_examples=25, deadline=None)


def assert_equal(found: Nodes, expected: Nodes) -> None:
    for kind in ("mentions", "entities", "sentences"):
        torch.testing.assert_close(getattr(found, kind), getattr(expected, kind), rtol=1e-10, atol=1e-10, msg=kind)


def random_nodes(corpus: Corpus, width: int) -> dict:
    return {node: torch.randn(width, dtype=torch.float64) for node in nodes(corpus.documents)}


@few
@given(corpora(), st.integers(0, 1000))
def test_initial_nodes(corpus: Corpus, seed: int) -> None:
    torch.manual_seed(seed)
    words = torch.randn(corpus.words, 3, dtype=torch.float64)
    module = InitialNodes(2).double()
    expected = stacked(initial_nodes(words, corpus.documents, module), corpus.documents)
    assert_equal(module(words, corpus.layout), expected)


@few
@given(corpora(), st.integers(0, 1000))
def test_one_layer(corpus: Corpus, seed: int) -> None:
    torch.manual_seed(seed)
    vectors = random_nodes(corpus, 3)
    layer = RGCNLayer(3, 4).double()
    expected = stacked(rgcn_layer(vectors, edges(corpus.documents), layer, list(vectors)), corpus.documents)
    assert_equal(layer(stacked(vectors, corpus.documents), corpus.graph), expected)


@few
@given(corpora(), st.integers(1, 4), st.integers(0, 1000))
def test_stacked_layers(corpus: Corpus, layers: int, seed: int) -> None:
    torch.manual_seed(seed)
    vectors = random_nodes(corpus, 3)
    module = GlobalRepresentation(3, 4, layers, input_dropout=0.5, output_dropout=0.5).double().eval()
    expected = list(global_representations(vectors, edges(corpus.documents), module).values())
    found = module(stacked(vectors, corpus.documents), corpus.graph)
    assert found.shape == (len(expected), 4)
    for row, other in zip(found, expected, strict=True):
        torch.testing.assert_close(row, other, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_edge_has_a_weight_of_its_own(kind: str) -> None:
    """With W_x alone not zero, a node becomes the mean of its neighbours along x, and nothing where it has none."""
    made = document([3, 2, 2], [[(0, 0, 1), (1, 0, 1), (1, 1, 2)], [(0, 0, 1)]])
    corpus = Corpus((made, document([2], [[(0, 0, 1)]])), ANY)
    torch.manual_seed(0)
    vectors = {node: vector.abs() for node, vector in random_nodes(corpus, 3).items()}
    layer = RGCNLayer(3, 3).double()
    for name, parameter in layer.named_parameters():
        torch.nn.init.eye_(parameter) if name == f"{kind}.weight" else torch.nn.init.zeros_(parameter)
    listed = edges(corpus.documents)[kind]
    expected = {}
    for node in vectors:
        around = [vectors[other] for other in neighbours(listed, node)]
        expected[node] = torch.stack(around).mean(0) if around else torch.zeros(3, dtype=torch.float64)
    assert any(not vector.any() for vector in expected.values())
    assert any(vector.any() for vector in expected.values())
    assert_equal(layer(stacked(vectors, corpus.documents), corpus.graph), stacked(expected, corpus.documents))


@pytest.mark.parametrize(("where", "layers"), [("input", 2), ("output", 2)])
def test_dropout_acts_in_training_only_and_where_it_says(where: str, layers: int) -> None:
    rates = {"input_dropout": 0.0, "output_dropout": 0.0, f"{where}_dropout": 0.5}
    torch.manual_seed(0)
    corpus = Corpus((document([4], [[(0, 0, 1)], [(0, 1, 2)]]),), ANY)
    start = stacked(random_nodes(corpus, 8), corpus.documents)
    module = GlobalRepresentation(8, 64, layers, **rates).double()
    without = GlobalRepresentation(8, 64, layers, 0.0, 0.0).double()
    without.load_state_dict(module.state_dict())
    graph = corpus.graph
    assert torch.equal(module.eval()(start, graph), without.train()(start, graph))
    module.train()
    first, second = module(start, graph), module(start, graph)
    assert not torch.equal(first, second)
    alive = without(start, graph) > 1e-3
    if where == "output":
        assert 0.3 < (first[alive] == 0).double().mean() < 0.9
