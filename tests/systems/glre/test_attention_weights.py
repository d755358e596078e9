from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import ANY, Corpus, corpora, document, documents, large_document
from small_models import ABLATIONS, STATE_WIDTH, glre_model
from torch import Tensor

from glre.systems.glre.attention import GLREEvidence, context_weights, local_weights
from glre.systems.glre.glre import GLRE
from glre.systems.glre.graph import GraphBatch
from glre.systems.glre.local_representation import LocalAttention

few = settings(max_examples=25, deadline=None)


def words(corpus: Corpus) -> Tensor:
    torch.manual_seed(3)
    return torch.randn(corpus.words, STATE_WIDTH)


@torch.no_grad()
def evidence(model: GLRE, corpus: Corpus, number: int = 0) -> GLREEvidence:
    """What the model tells of one document of the corpus, scored as one batch."""
    with model.heard() as heard:
        model(words(corpus), corpus.graph)
        found = heard(number)
    assert isinstance(found, GLREEvidence)
    return found


def expected_local(
    attention: LocalAttention, weights: Tensor, mentions: Tensor, graph: GraphBatch, attended: Tensor, asking: Tensor
) -> Tensor:
    """Eq. 3–5 from the weights: each head's sum of its part of the values, then the output layer and the norm."""
    values = attention.value(mentions).view(len(mentions), attention.heads, -1)
    rows = []
    for a, b in zip(attended.tolist(), asking.tolist(), strict=True):
        own = graph.layout.entity_of_mention == a
        parts = [weights[head, b, own] @ values[own, head] for head in range(attention.heads)]
        rows.append(torch.cat(parts))
    return attention.norm(attention.output(torch.stack(rows)))


@few
@given(documents(), st.integers(0, 100))
def test_local_weights_reproduce_what_the_layer_gives(made, seed: int) -> None:
    graph = Corpus((made,), ANY).graph
    if not graph.layout.pairs.shape[1]:
        return
    torch.manual_seed(seed)
    attention = LocalAttention(5, 4, 6, 3, 0.0).eval()
    partners, mentions = torch.randn(graph.layout.entities, 5), torch.randn(graph.layout.mentions, 4)
    sentences = torch.randn(graph.layout.sentences, 4)
    weights = local_weights(attention, partners, sentences, graph, graph.layout.documents[0])
    assert weights.shape == (3, graph.layout.entities, graph.layout.mentions)
    head, tail = graph.layout.pairs
    for attended, asking in ((head, tail), (tail, head)):
        found = attention(partners, mentions, sentences, graph, attended, asking)
        expected = expected_local(attention, weights, mentions, graph, attended, asking)
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


@few
@given(st.lists(documents(), min_size=2, max_size=4), st.integers(0, 100))
def test_local_weights_do_not_depend_on_the_batch(made, seed: int) -> None:
    batch = Corpus(tuple(made), ANY).graph
    torch.manual_seed(seed)
    attention = LocalAttention(5, 4, 6, 3, 0.0).eval()
    partners, sentences = torch.randn(batch.layout.entities, 5), torch.randn(batch.layout.sentences, 4)
    first = 0
    for one, place in zip(made, batch.layout.documents, strict=True):
        alone = Corpus((one,), ANY).graph
        own = slice(first, first := first + alone.layout.sentences)
        arguments = (attention, partners[place.entities], sentences[own], alone, alone.layout.documents[0])
        torch.testing.assert_close(
            local_weights(attention, partners, sentences, batch, place), local_weights(*arguments)
        )


Given = dict[str, tuple[tuple[Any, ...], Tensor]]


def given_and_found(model: GLRE, corpus: Corpus) -> Given:
    """What each attention of the model is given and gives while it scores the corpus."""
    found: Given = {}
    parts = {"head": model.local_head, "tail": model.local_tail, "context": model.classifier.context}
    for name, part in parts.items():
        part.register_forward_hook(lambda _, given, out, name=name: found.update({name: (given, out)}))
    model(words(corpus), corpus.graph)
    return found


@torch.no_grad()
def test_of_a_model_they_reproduce_what_its_attentions_give() -> None:
    corpus = Corpus((large_document(4, [9] * 5, [3, 1, 7, 2, 4]),), ANY)
    graph, model = corpus.graph, glre_model(seed=1)
    layers, found = given_and_found(model, corpus), evidence(model, corpus)
    head, tail = graph.layout.pairs
    tables = {"head": found.head, "tail": found.tail}
    for name, attended, asking in (("head", head, tail), ("tail", tail, head)):
        (partners, mentions, sentences, *_), given = layers[name]
        attention = model.local_head if name == "head" else model.local_tail
        weights = local_weights(attention, partners, sentences, graph, graph.layout.documents[0])
        expected = expected_local(attention, weights, mentions, graph, attended, asking)
        torch.testing.assert_close(given, expected, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(tables[name].weights, weights.mean(0).numpy(), rtol=1e-5)
        assert weights.std() > 1e-3
    (relations, _), given = layers["context"]
    theta = torch.stack([context_weights(model.classifier.context, relations, pair) for pair in range(len(relations))])
    torch.testing.assert_close(given, theta @ relations, rtol=1e-4, atol=1e-5)
    for pair, row in enumerate(theta):
        np.testing.assert_allclose(found.others(pair), row.numpy(), rtol=1e-5)
    assert theta.std() > 1e-4


def test_weights_of_a_pair_are_those_of_its_entities() -> None:
    corpus = Corpus((large_document(5, [8] * 4, [2, 3, 1, 5]),), ANY)
    found = evidence(glre_model(), corpus)
    counts = [2, 3, 1, 5]
    for place, pair in enumerate(corpus.pairs(0)):
        weights = found.mentions(place)
        assert (len(weights.head), len(weights.tail)) == (counts[pair.head], counts[pair.tail])
        for own in (weights.head, weights.tail, found.others(place)):
            assert own.sum() == pytest.approx(1, abs=1e-5)
            assert (own >= 0).all()
        start = sum(counts[: pair.head])
        np.testing.assert_array_equal(weights.head, found.head.weights[pair.tail, start : start + counts[pair.head]])
        start = sum(counts[: pair.tail])
        np.testing.assert_array_equal(weights.tail, found.tail.weights[pair.head, start : start + counts[pair.tail]])


@settings(max_examples=15, deadline=None)
@given(corpora(), st.sampled_from(sorted(ABLATIONS)))
def test_what_is_told_of_a_document_does_not_depend_on_its_batch(corpus: Corpus, ablation: str) -> None:
    model, rows = glre_model(**ABLATIONS[ablation]), words(corpus)
    start = 0
    for number, made in enumerate(corpus.documents):
        own = Corpus((made,), corpus.rules)
        with torch.no_grad(), model.heard() as heard:
            model(rows[start : start + made.words], own.graph)
            alone = heard(0)
        start += made.words
        batched = evidence(model, corpus, number)
        for pair in range(len(corpus.pairs(number))):
            one, other = alone.mentions(pair), batched.mentions(pair)
            told = [(one.head, other.head), (one.tail, other.tail), (alone.others(pair), batched.others(pair))]
            for first, second in told:
                assert (first is None) == (second is None)
                if first is not None:
                    np.testing.assert_allclose(first, second, atol=1e-5)


def test_context_weights_are_the_equation() -> None:
    model = glre_model()
    torch.manual_seed(0)
    relations = torch.randn(5, model.classifier.context.weight.in_features)
    weight = model.classifier.context.weight.weight.detach()
    for r in range(5):
        found = context_weights(model.classifier.context, relations, r).detach()
        logits = [float(relations[i] @ weight @ relations[r]) for i in range(5)]
        raised = [np.exp(logit - max(logits)) for logit in logits]
        assert found.tolist() == pytest.approx([value / sum(raised) for value in raised], rel=1e-3)


@pytest.mark.parametrize("name", ABLATIONS)
def test_an_ablation_has_no_weights_of_what_it_leaves_out(name: str) -> None:
    corpus = Corpus((large_document(6, [7] * 3, [2, 2, 1]),), ANY)
    changes = ABLATIONS[name]
    model = glre_model(**changes)
    before = model(words(corpus), corpus.graph)
    found = evidence(model, corpus)
    weights = found.mentions(0)
    assert (weights.head is None, weights.tail is None) == (2 * (not changes.get("use_local", True),))
    assert (found.others(0) is None) == (not changes.get("use_context", True))
    # Looking leaves nothing behind in the model.
    assert not any(part._forward_pre_hooks for part in model.modules())
    torch.testing.assert_close(model(words(corpus), corpus.graph), before)


def test_a_document_without_pairs() -> None:
    bare, other = document([4], [[(0, 0, 1)]]), document([4], [[(0, 0, 1)], [(0, 1, 2)]])
    for order in ((bare, bare), (bare, other), (other, bare)):
        found = evidence(glre_model(), Corpus(order, ANY), order.index(bare))
        assert found.head.pairs.shape == (2, 0)
        assert len(found.context.relations) == 0
