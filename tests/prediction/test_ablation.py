import copy
from concurrent.futures import ThreadPoolExecutor

import equations
import numpy as np
import pytest
import torch
from glre.prediction.explanation.ablation import AblatedScores, Part, ablated_scores
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import ANY, Corpus, corpora, large_document
from small_models import ABLATIONS, STATE_WIDTH, glre_model
from torch import Tensor

from glre.systems.glre.glre import GLRE

LARGE = Corpus((large_document(1, [9, 4, 7, 6], [3, 1, 7, 2, 2]), large_document(2, [8, 5], [4, 1, 2])), ANY)
PARTS = {
    Part.GLOBAL: ("global_representation",),
    Part.LOCAL: ("local_head", "local_tail"),
    Part.CONTEXT: ("classifier.context",),
}


def states(corpus: Corpus) -> Tensor:
    return torch.randn(corpus.words, 1, STATE_WIDTH)


def slow_scores(model: GLRE, corpus: Corpus, words: Tensor, silent: Part | None) -> list[Tensor]:
    """The paper's equations, pair by pair, with zeros where `silent` would have its say."""
    documents = corpus.documents
    initial = equations.initial_nodes(words, documents, model.nodes)
    asking = initial
    if model.global_representation is not None:
        asking = equations.global_representations(initial, equations.edges(documents), model.global_representation)
        if silent == Part.GLOBAL:
            asking = {node: torch.zeros_like(vector) for node, vector in asking.items()}
    found = []
    for d, document in enumerate(documents):
        targets = []
        for pair in corpus.pairs(d):
            distance = equations.first_word(document, pair.tail) - equations.first_word(document, pair.head)
            target = []
            for local, own, other, towards in (
                (model.local_head, pair.head, pair.tail, distance),
                (model.local_tail, pair.tail, pair.head, -distance),
            ):
                if model.global_representation is not None:
                    target.append(asking["entity", d, own])
                if local is not None:
                    seen = equations.local_representation(local, initial, document, d, own, asking["entity", d, other])
                    target.append(seen * (silent != Part.LOCAL))
                target.append(equations.distance_vector(model.classifier, towards))
            targets.append(torch.cat(target))
        contexts = [torch.zeros(0, dtype=words.dtype)] * len(targets)
        if model.classifier.context is not None:
            contexts = equations.context_relations(model.classifier.context, targets)
            contexts = [context * (silent != Part.CONTEXT) for context in contexts]
        for target, context in zip(targets, contexts, strict=True):
            found.append(equations.ffnn(model.classifier, torch.cat([target, context])).sigmoid())
    return found


@pytest.mark.parametrize("name", ABLATIONS)
@settings(max_examples=8, deadline=None)
@given(corpus=corpora(), seed=st.integers(0, 1000))
@torch.no_grad()
def test_scores_are_those_of_the_equations_with_zeros_where_a_part_speaks(name: str, corpus: Corpus, seed: int) -> None:
    model = glre_model(seed, **ABLATIONS[name]).double()
    graph, inputs = corpus.graph, states(corpus).double()
    words = model.encoding(inputs, graph)
    found = ablated_scores(model, inputs, graph)
    for silent, scores in ((None, found.whole), *((part, found.without(part)) for part in Part)):
        if silent is not None and not has(model, silent):
            assert scores is None
            continue
        expected = slow_scores(model, corpus, words, silent)
        assert scores is not None
        assert scores.shape == (len(expected), 2)
        for row, other in zip(scores, expected, strict=True):
            np.testing.assert_allclose(row, other.numpy(), rtol=1e-6)


def has(model: GLRE, part: Part) -> bool:
    return set(PARTS[part]) <= {name for name, _ in model.named_modules()}


def test_each_part_matters_and_each_in_its_own_way() -> None:
    model = glre_model(seed=2)
    found = ablated_scores(model, states(LARGE), LARGE.graph)
    differing = [found.whole, *(found.without(part) for part in Part)]
    for place, one in enumerate(differing):
        for other in differing[:place]:
            assert np.abs(one - other).max() > 1e-3


def test_the_whole_is_what_the_model_says_and_the_model_is_left_as_it_was() -> None:
    model, inputs = glre_model(seed=3), states(LARGE)
    weights = copy.deepcopy(model.state_dict())
    modules = list(model.modules())
    before = model(inputs, LARGE.graph).sigmoid()
    found = ablated_scores(model, inputs, LARGE.graph)
    np.testing.assert_array_equal(found.whole, before.detach().numpy())
    torch.testing.assert_close(model(inputs, LARGE.graph).sigmoid(), before, rtol=0, atol=0)
    assert list(model.modules()) == modules
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in modules)
    assert all(torch.equal(tensor, weights[name]) for name, tensor in model.state_dict().items())
    assert all(parameter.requires_grad and parameter.grad is None for parameter in model.parameters())


def test_the_weights_are_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a tensor is copied")

    model = glre_model()
    monkeypatch.setattr(torch.nn.Parameter, "__deepcopy__", refuse)
    ablated_scores(model, states(LARGE), LARGE.graph)


def test_words_are_encoded_once() -> None:
    model, times = glre_model(), []
    model.encoding.register_forward_hook(lambda *_: times.append(1))
    ablated_scores(model, states(LARGE), LARGE.graph)
    assert len(times) == 1


def test_others_may_ask_the_model_meanwhile() -> None:
    model, inputs, graph = glre_model(seed=4), states(LARGE), LARGE.graph
    expected, probed = model(inputs, graph).detach(), ablated_scores(model, inputs, graph)

    def ask(_: int) -> bool:
        with torch.no_grad():
            return torch.equal(model(inputs, graph), expected)

    def probe(_: int) -> AblatedScores:
        return ablated_scores(model, inputs, graph)

    with ThreadPoolExecutor(4) as threads:
        asked = threads.map(ask, range(60))
        ablated = list(threads.map(probe, range(15)))
        assert all(asked)
    for found in ablated:
        for one, other in ((found.whole, probed.whole), *((found.without(p), probed.without(p)) for p in Part)):
            np.testing.assert_array_equal(one, other)


def test_one_pair_alone_is_not_its_own_replacement() -> None:
    """What the mean over the document would have come to."""
    corpus = Corpus((large_document(3, [6, 5], [2, 2]),), ANY)
    found = ablated_scores(glre_model(seed=5), states(corpus), corpus.graph)
    for part in Part:
        assert np.abs(found.without(part) - found.whole).max() > 1e-4
