import numpy as np
import pytest
import torch
from glre.systems.glre.attention_weights import context_weights, document_attention, local_weights
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import ANY, Corpus, document, documents, large_document
from small_models import ABLATIONS, STATE_WIDTH, glre_model
from torch import Tensor

from glre.systems.glre.glre import GLRE
from glre.systems.glre.graph import GraphBatch
from glre.systems.glre.local_representation import LocalAttention

few = settings(max_examples=25, deadline=None)


def states(corpus: Corpus) -> Tensor:
    torch.manual_seed(3)
    return torch.randn(sum(made.words for made in corpus.documents), 1, STATE_WIDTH)


def expected_local(
    attention: LocalAttention, weights: Tensor, mentions: Tensor, graph: GraphBatch, attended: Tensor, asking: Tensor
) -> Tensor:
    """Eq. 3–5 from the weights: each head's sum of its part of the values, then the output layer and the norm."""
    values = attention.value(mentions).view(len(mentions), attention.heads, -1)
    rows = []
    for a, b in zip(attended.tolist(), asking.tolist(), strict=True):
        own = graph.entity_of_mention == a
        parts = [weights[head, b, own] @ values[own, head] for head in range(attention.heads)]
        rows.append(torch.cat(parts))
    return attention.norm(attention.output(torch.stack(rows)))


@few
@given(documents(), st.integers(0, 100))
def test_local_weights_reproduce_what_the_layer_gives(made, seed: int) -> None:
    graph = Corpus((made,), ANY).graph
    if not graph.pairs.shape[1]:
        return
    torch.manual_seed(seed)
    attention = LocalAttention(5, 4, 6, 3, 0.0).eval()
    partners, mentions = torch.randn(graph.entities, 5), torch.randn(graph.mentions, 4)
    sentences = torch.randn(graph.sentences, 4)
    weights = local_weights(attention, partners, sentences, graph, graph.documents[0])
    assert weights.shape == (3, graph.entities, graph.mentions)
    head, tail = graph.pairs
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
    partners, sentences = torch.randn(batch.entities, 5), torch.randn(batch.sentences, 4)
    first = 0
    for one, place in zip(made, batch.documents, strict=True):
        alone = Corpus((one,), ANY).graph
        own = slice(first, first := first + alone.sentences)
        arguments = (attention, partners[place.entities], sentences[own], alone, alone.documents[0])
        torch.testing.assert_close(
            local_weights(attention, partners, sentences, batch, place), local_weights(*arguments)
        )


def heard(model: GLRE, corpus: Corpus) -> dict[str, tuple[tuple[Tensor, ...], Tensor]]:
    """What each attention of the model is given and gives while it scores the corpus."""
    found = {}
    parts = {"head": model.local_head, "tail": model.local_tail, "context": model.classifier.context}
    for name, part in parts.items():
        part.register_forward_hook(lambda _, given, out, name=name: found.update({name: (given, out)}))
    model(states(corpus), corpus.graph)
    return found


@torch.no_grad()
def test_of_a_model_they_reproduce_what_its_attentions_give() -> None:
    corpus = Corpus((large_document(4, [9] * 5, [3, 1, 7, 2, 4]),), ANY)
    graph, model = corpus.graph, glre_model(seed=1)
    layers = heard(model, corpus)
    found = document_attention(model, states(corpus), graph)
    assert [[pair.head, pair.tail] for pair in found.pairs] == graph.pairs.T.tolist()
    head, tail = graph.pairs
    for name, attended, asking in (("head", head, tail), ("tail", tail, head)):
        (partners, mentions, sentences, *_), given = layers[name]
        attention = model.local_head if name == "head" else model.local_tail
        weights = local_weights(attention, partners, sentences, graph, graph.documents[0])
        expected = expected_local(attention, weights, mentions, graph, attended, asking)
        torch.testing.assert_close(given, expected, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(getattr(found, name), weights.mean(0).numpy(), rtol=1e-5)
        assert weights.std() > 1e-3
    (relations, _), given = layers["context"]
    theta = context_weights(model.classifier.context, relations)
    torch.testing.assert_close(given, theta @ relations, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.context, theta.numpy(), rtol=1e-5)
    assert theta.std() > 1e-4


def test_weights_of_a_pair_are_those_of_its_entities() -> None:
    corpus = Corpus((large_document(5, [8] * 4, [2, 3, 1, 5]),), ANY)
    found = document_attention(glre_model(), states(corpus), corpus.graph)
    counts = [2, 3, 1, 5]
    for place, pair in enumerate(found.pairs):
        over_head, over_tail = found.over_head(pair), found.over_tail(pair)
        assert (len(over_head), len(over_tail)) == (counts[pair.head], counts[pair.tail])
        for weights in (over_head, over_tail, found.context[place]):
            assert weights.sum() == pytest.approx(1, abs=1e-5)
            assert (weights >= 0).all()
        start = sum(counts[: pair.head])
        np.testing.assert_array_equal(over_head, found.head[pair.tail, start : start + counts[pair.head]])


def test_context_weights_are_the_equation() -> None:
    model = glre_model()
    torch.manual_seed(0)
    relations = torch.randn(5, model.classifier.context.weight.in_features)
    weight = model.classifier.context.weight.weight.detach()
    found = context_weights(model.classifier.context, relations).detach()
    for r in range(5):
        logits = [float(relations[i] @ weight @ relations[r]) for i in range(5)]
        raised = [np.exp(logit - max(logits)) for logit in logits]
        assert found[r].tolist() == pytest.approx([value / sum(raised) for value in raised], rel=1e-3)


@pytest.mark.parametrize("name", ABLATIONS)
def test_an_ablation_has_no_weights_of_what_it_leaves_out(name: str) -> None:
    corpus = Corpus((large_document(6, [7] * 3, [2, 2, 1]),), ANY)
    changes = ABLATIONS[name]
    model = glre_model(**changes)
    before = model(states(corpus), corpus.graph)
    found = document_attention(model, states(corpus), corpus.graph)
    assert ((found.head is None), (found.tail is None)) == (2 * (not changes.get("use_local", True),))
    assert (found.context is None) == (not changes.get("use_context", True))
    if found.head is None:
        assert found.over_head(found.pairs[0]) is found.over_tail(found.pairs[0]) is None
    # Looking leaves nothing behind in the model.
    assert not any(part._forward_pre_hooks for part in model.modules())
    torch.testing.assert_close(model(states(corpus), corpus.graph), before)


def test_a_document_without_pairs() -> None:
    corpus = Corpus((document([4], [[(0, 0, 1)]]),), ANY)
    found = document_attention(glre_model(), states(corpus), corpus.graph)
    assert (found.pairs, found.context.shape) == ((), (0, 0))


def test_only_one_document_at_a_time() -> None:
    one = document([4], [[(0, 0, 1)], [(0, 1, 2)]])
    corpus = Corpus((one, one), ANY)
    with pytest.raises(ValueError, match="one document"):
        document_attention(glre_model(), states(corpus), corpus.graph)
