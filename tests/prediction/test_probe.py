import copy
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import equations
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import A_TO_B, ANY, Corpus, corpora, document, large_document
from small_models import ABLATIONS
from torch import Tensor, nn
from untrained import RELATIONS, in_memory

from glre.documents.document import Document, Fact
from glre.errors import InputError
from glre.prediction import limits
from glre.prediction.explanation.probe import Probe
from glre.prediction.predictor import Predictor
from glre.systems.glre.glre import GLRE
from glre.systems.scoring import passes
from glre.systems.split import StepLimits

LARGE = large_document(1, [9, 4, 7, 6], [3, 1, 7, 2, 2])
PARTS = ("global", "local", "context")


def network(predictor: Predictor) -> GLRE:
    found = predictor.model.scorer.network
    assert isinstance(found, GLRE)
    return found


def words(predictor: Predictor, made: Document) -> Tensor:
    """h of the document's words `[words, hidden]`."""
    batch = predictor.split([made]).batch([0])
    scorer = predictor.model.scorer
    return scorer.network.encode(scorer.source(batch.inputs), batch.collated)


def slow_scores(model: GLRE, corpus: Corpus, words: Tensor, silent: str | None) -> list[Tensor]:
    """The paper's equations, pair by pair, with zeros where `silent` would have its say."""
    documents = corpus.documents
    initial = equations.initial_nodes(words, documents, model.nodes)
    asking = initial
    if model.global_representation is not None:
        asking = equations.global_representations(initial, equations.edges(documents), model.global_representation)
        if silent == "global":
            asking = {node: torch.zeros_like(vector) for node, vector in asking.items()}
    found = []
    for d, made in enumerate(documents):
        targets = []
        for pair in corpus.pairs(d):
            distance = equations.first_word(made, pair.tail) - equations.first_word(made, pair.head)
            target = []
            for local, own, other, towards in (
                (model.local_head, pair.head, pair.tail, distance),
                (model.local_tail, pair.tail, pair.head, -distance),
            ):
                if model.global_representation is not None:
                    target.append(asking["entity", d, own])
                if local is not None:
                    seen = equations.local_representation(local, initial, made, d, own, asking["entity", d, other])
                    target.append(seen * (silent != "local"))
                target.append(equations.distance_vector(model.classifier, towards))
            targets.append(torch.cat(target))
        contexts = [torch.zeros(0, dtype=words.dtype)] * len(targets)
        if model.classifier.context is not None:
            contexts = equations.context_relations(model.classifier.context, targets)
            contexts = [context * (silent != "context") for context in contexts]
        for target, context in zip(targets, contexts, strict=True):
            found.append(equations.ffnn(model.classifier, torch.cat([target, context])).sigmoid())
    return found


@pytest.mark.parametrize("name", ABLATIONS)
@settings(max_examples=8, deadline=None)
@given(corpus=corpora(max_documents=1), seed=st.integers(0, 1000))
@torch.inference_mode()
def test_scores_are_those_of_the_equations_with_zeros_where_a_part_speaks(name: str, corpus: Corpus, seed: int) -> None:
    with torch.inference_mode(False):
        predictor = in_memory(corpus.rules, seed, **ABLATIONS[name])
        predictor.model.scorer.double()
    (made,) = corpus.documents
    probe = Probe(predictor, made)
    assert probe.pairs == corpus.pairs(0)
    assert probe.parts == tuple(part for part in PARTS if ABLATIONS[name].get(f"use_{part}", True))
    if not probe.pairs:
        assert probe.scores.shape == (0, len(RELATIONS))
        assert probe.evidence is None
        return
    h = words(predictor, made)
    for silent, scores in ((None, probe.scores), *((part, probe.without(part)) for part in probe.parts)):
        expected = slow_scores(network(predictor), corpus, h, silent)
        assert scores.shape == (len(expected), len(RELATIONS))
        for row, other in zip(scores, expected, strict=True):
            np.testing.assert_allclose(row, other.numpy(), rtol=1e-6)


def test_each_part_matters_and_each_in_its_own_way() -> None:
    probe = Probe(in_memory(ANY, seed=2), LARGE)
    differing = [probe.scores, *map(probe.without, PARTS)]
    for place, one in enumerate(differing):
        for other in differing[:place]:
            assert np.abs(one - other).max() > 1e-3


def test_the_whole_is_what_the_model_says_and_the_model_is_left_as_it_was() -> None:
    predictor = in_memory(ANY, seed=3)
    scorer = predictor.model.scorer
    weights, modules = copy.deepcopy(scorer.state_dict()), list(scorer.modules())
    before = predictor.scores([LARGE])[0].scores
    probe = Probe(predictor, LARGE)
    for part in probe.parts:
        probe.without(part)
    np.testing.assert_array_equal(probe.scores, before.astype(np.float64))
    np.testing.assert_array_equal(predictor.scores([LARGE])[0].scores, before)
    assert list(scorer.modules()) == modules
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in modules)
    assert all(torch.equal(tensor, weights[name]) for name, tensor in scorer.state_dict().items())
    assert all(parameter.requires_grad and parameter.grad is None for parameter in scorer.parameters())


def test_parts_speak_again_once_they_were_silent() -> None:
    probe = Probe(in_memory(ANY, seed=4), LARGE)
    first = {part: probe.without(part) for part in PARTS}
    for part in reversed(PARTS):
        np.testing.assert_array_equal(probe.without(part), first[part])


def test_one_copy_alone_is_made_and_it_shares_the_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a tensor is copied")

    copied = []
    deepcopy = copy.deepcopy

    def watched(value: object, *memo: dict[int, object]) -> object:
        if isinstance(value, nn.Module) and not memo[0].get(id(value)):
            copied.append(value)
        return deepcopy(value, *memo)

    predictor = in_memory(ANY)
    monkeypatch.setattr(torch.nn.Parameter, "__deepcopy__", refuse)
    monkeypatch.setattr("glre.prediction.explanation.probe.copy.deepcopy", watched)
    probe = Probe(predictor, LARGE)
    assert len(list(map(probe.without, probe.parts))) == len(PARTS)
    assert copied == [predictor.model.scorer.network]


def test_words_are_encoded_once() -> None:
    predictor, times = in_memory(ANY), []
    network(predictor).encoding.register_forward_hook(lambda *_: times.append("encoding"))
    predictor.model.scorer.source.register_forward_hook(lambda *_: times.append("source"))
    probe = Probe(predictor, LARGE)
    for part in probe.parts:
        probe.without(part)
    assert times == ["source", "encoding"]


def test_others_may_ask_the_model_meanwhile() -> None:
    predictor = in_memory(ANY, seed=4)
    expected, first = predictor.scores([LARGE])[0].scores, Probe(predictor, LARGE)
    silenced = {part: first.without(part) for part in PARTS}

    def ask(_: int) -> bool:
        with torch.inference_mode():
            batch = predictor.split([LARGE]).batch([0])
            scorer = predictor.model.scorer
            return np.array_equal(scorer(batch.inputs, batch.collated).sigmoid().numpy(), expected)

    def probe(_: int) -> bool:
        made = Probe(predictor, LARGE)
        same = [np.array_equal(made.without(part), scores) for part, scores in silenced.items()]
        return np.array_equal(made.scores, first.scores) and all(same)

    with ThreadPoolExecutor(4) as threads:
        asked, probed = threads.map(ask, range(60)), threads.map(probe, range(15))
        assert all(asked)
        assert all(probed)


def test_one_pair_alone_is_not_its_own_replacement() -> None:
    """What the mean over the document would have come to."""
    probe = Probe(in_memory(ANY, seed=5), large_document(3, [6, 5], [2, 2]))
    for part in probe.parts:
        assert np.abs(probe.without(part) - probe.scores).max() > 1e-4


@pytest.mark.parametrize("name", ABLATIONS)
def test_where_it_looked_is_what_a_prediction_among_others_tells(name: str) -> None:
    predictor = in_memory(ANY, seed=1, **ABLATIONS[name])
    probe = Probe(predictor, LARGE)
    assert probe.looked.pairs == probe.pairs
    split = predictor.split([large_document(2, [8, 5], [4, 1, 2]), LARGE])
    for scored in passes(predictor.model.scorer, split, (0, 1), StepLimits(2, 1000, 1000)):
        if scored.number == 1:
            expected = scored.evidence()
            for pair in range(len(probe.pairs)):
                same(probe.looked.evidence, expected, pair)


def same(one: object, other: object, pair: int) -> None:
    mentions, expected = one.mentions(pair), other.mentions(pair)  # type: ignore[attr-defined]
    found = [mentions.head, mentions.tail, one.others(pair)]  # type: ignore[attr-defined]
    wanted = [expected.head, expected.tail, other.others(pair)]  # type: ignore[attr-defined]
    for own, theirs in zip(found, wanted, strict=True):
        assert (own is None) == (theirs is None)
        if own is not None:
            np.testing.assert_allclose(own, theirs, rtol=1e-4)


def test_every_candidate_pair_has_its_weights() -> None:
    probe = Probe(in_memory(ANY, seed=6), LARGE)
    assert probe.evidence is not None
    for place, pair in enumerate(probe.pairs):
        weights = probe.evidence.mentions(place)
        for of_entity, entity in ((weights.head, pair.head), (weights.tail, pair.tail)):
            assert of_entity is not None
            assert len(of_entity) == len(LARGE.entities[entity].mentions)
            assert of_entity.sum() == pytest.approx(1, abs=1e-4)
        others = probe.evidence.others(place)
        assert others is not None
        assert len(others) == len(probe.pairs)
        assert others.sum() == pytest.approx(1, abs=1e-4)


def test_no_table_of_all_pairs_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    largest = 0
    softmax = Tensor.softmax

    def watched(logits: Tensor, dim: int) -> Tensor:
        nonlocal largest
        largest = max(largest, logits.numel())
        return softmax(logits, dim)

    monkeypatch.setattr(Tensor, "softmax", watched)
    probe = Probe(in_memory(ANY), large_document(5, [30] * 8, [2] * 60))
    pairs = len(probe.pairs)
    assert probe.evidence is not None
    weights = probe.evidence.others(3)
    assert weights is not None
    assert weights.shape == (pairs,)
    assert pairs <= largest < pairs**2 / 10


def test_facts_make_no_difference() -> None:
    predictor = in_memory(ANY, seed=7)
    with_facts = Probe(predictor, replace(LARGE, facts=(Fact("E0", "E1", "r"),)))
    without = Probe(predictor, LARGE)
    np.testing.assert_array_equal(with_facts.scores, without.scores)
    same(with_facts.evidence, without.evidence, 2)


def test_of_a_document_without_pairs_there_is_nothing_to_look_at() -> None:
    probe = Probe(in_memory(A_TO_B), document([4], [[(0, 0, 1)]]))
    assert (probe.pairs, probe.evidence) == ((), None)


def test_a_document_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_PAIRS", 1)
    with pytest.raises(InputError, match="expected at most 1: cut it into parts"):
        Probe(in_memory(ANY), LARGE)
