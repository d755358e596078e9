from dataclasses import replace

import numpy as np
import torch
from equations import context_relations
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import ANY, Corpus, corpora, document

from glre.systems.glre.context_attention import ContextAttention
from glre.systems.glre.graph import batch_graphs, document_graph

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


@settings(max_examples=15, deadline=None)
@given(corpora(), st.data())
def test_of_asked_pairs_alone_it_is_the_same(corpus: Corpus, data: st.DataObject) -> None:
    attention = module()
    graphs = [document_graph(d, corpus.pairs(i)) for i, d in enumerate(corpus.documents)]
    chosen = [data.draw(st.sets(st.sampled_from(g.asked.tolist()))) if len(g.asked) else set() for g in graphs]
    some = batch_graphs(
        [replace(g, asked=np.array(sorted(c), dtype=np.int64)) for g, c in zip(graphs, chosen, strict=True)]
    )
    relations = torch.randn(corpus.graph.pairs.shape[1], WIDTH, dtype=torch.float64)
    assert len(some.asked) == sum(map(len, chosen))
    torch.testing.assert_close(attention(relations, some), attention(relations, corpus.graph)[some.asked])


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
