from dataclasses import replace

import numpy as np
import torch
from equations import context_relations
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import ANY, Corpus, corpora, document

from glre.systems.glre.context_attention import ContextAttention
from glre.systems.layout import batch_layouts

WIDTH = 5


def module() -> ContextAttention:
    made = ContextAttention(WIDTH).double()
    torch.nn.init.normal_(made.weight.weight)
    return made


@settings(max_examples=25, deadline=None)
@given(corpora(), st.integers(0, 1000))
def test_agrees_with_the_equations(corpus: Corpus, seed: int) -> None:
    torch.manual_seed(seed)
    attention, layout = module(), corpus.layout
    relations = torch.randn(layout.pairs.shape[1], WIDTH, dtype=torch.float64)
    found = attention(relations, layout)
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
    whole = corpus.layouts
    chosen = [data.draw(st.sets(st.sampled_from(one.asked.tolist()))) if len(one.asked) else set() for one in whole]
    some = batch_layouts(
        [replace(one, asked=np.array(sorted(own), dtype=np.int64)) for one, own in zip(whole, chosen, strict=True)]
    )
    relations = torch.randn(corpus.layout.pairs.shape[1], WIDTH, dtype=torch.float64)
    assert len(some.asked) == sum(map(len, chosen))
    torch.testing.assert_close(attention(relations, some), attention(relations, corpus.layout)[some.asked])


def test_a_pair_alone_in_its_document_is_its_own_context() -> None:
    made = document([4], [[(0, 0, 1)], [(0, 1, 2)]], "ab")
    layout = Corpus((made, made, made), ANY).layout
    one_each = torch.arange(0, 6, 2)
    torch.manual_seed(0)
    relations = torch.randn(6, WIDTH, dtype=torch.float64)
    relations[one_each + 1] = relations[one_each]
    torch.testing.assert_close(module()(relations, layout), relations)


def test_large_logits_stay_finite() -> None:
    layout = Corpus((document([4], [[(0, 0, 1)], [(0, 1, 2)], [(0, 3, 4)]]),), ANY).layout
    torch.manual_seed(0)
    relations = (torch.randn(6, WIDTH) * 1e4).requires_grad_()
    found = ContextAttention(WIDTH)(relations, layout)
    found.sum().backward()
    assert torch.isfinite(found).all()
    assert torch.isfinite(relations.grad).all()
