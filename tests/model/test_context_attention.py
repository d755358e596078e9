import torch
from equations import context_relations
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import ANY, Corpus, corpora, document

from glre.model.context_attention import ContextAttention

WIDTH = 5


def module() -> ContextAttention:
    made = ContextAttention(WIDTH).double()
    torch.nn.init.normal_(made.weight.weight)
    return made


@settings(max_examples=25, deadline=None)
@given(corpora(), st.integers(0, 1000))
def test_agrees_with_the_equations(corpus: Corpus, seed: int) -> None:
    torch.manual_seed(seed)
    attention, graph = module(), corpus.graph
    relations = torch.randn(graph.pairs.shape[1], WIDTH, dtype=torch.float64)
    found = attention(relations, graph)
    assert found.shape == relations.shape
    expected = [
        row
        for own in relations.split([len(corpus.pairs(d)) for d in range(len(corpus.documents))])
        for row in context_relations(attention, list(own))
    ]
    for row, other in zip(found, expected, strict=True):
        torch.testing.assert_close(row, other, rtol=1e-9, atol=1e-9)


def test_a_pair_alone_in_its_document_is_its_own_context() -> None:
    made = document([4], [[(0, 0, 1)], [(0, 1, 2)]], "ab")
    graph = Corpus((made, made, made), ANY).graph
    one_each = torch.arange(0, 6, 2)
    torch.manual_seed(0)
    relations = torch.randn(6, WIDTH, dtype=torch.float64)
    relations[one_each + 1] = relations[one_each]
    torch.testing.assert_close(module()(relations, graph), relations)


def test_large_logits_stay_finite() -> None:
    graph = Corpus((document([4], [[(0, 0, 1)], [(0, 1, 2)], [(0, 3, 4)]]),), ANY).graph
    torch.manual_seed(0)
    relations = (torch.randn(6, WIDTH) * 1e4).requires_grad_()
    found = ContextAttention(WIDTH)(relations, graph)
    found.sum().backward()
    assert torch.isfinite(found).all()
    assert torch.isfinite(relations.grad).all()
