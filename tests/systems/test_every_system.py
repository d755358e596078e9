"""What every registered system has to keep to, on small models that have been trained for a moment."""

from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from random_documents import ANY, RELATIONS, large_document
from shuffled import by_name, furthest, with_documents, with_shuffled
from small_models import STATE_WIDTH, small_system
from torch import Tensor, nn

from glre.documents.document import Document, ExcludedPair, Fact
from glre.encoding.word_inputs import state_inputs
from glre.evaluation.document_scores import DocumentScores
from glre.systems.evidence import Evidence
from glre.systems.layout import Layout
from glre.systems.network import Scorer
from glre.systems.registry import SYSTEMS, network_type
from glre.systems.scoring import passes, score
from glre.systems.split import Split, StepLimits, make_split
from glre.systems.system import Need

TOLERANCE = 1e-5
SIZES = (
    ([12] * 9, [3, 1, 7, 2, 2, 1, 12, 1]),
    ([3], [1, 1]),
    ([25, 4, 17], [4, 1, 2, 5]),
    ([4, 6], [5]),
    ([8, 8, 2, 30, 1, 9], [6, 20, 1, 1, 1, 2]),
    ([2, 2], [2, 1, 3]),
)
"""Lengths of sentences and numbers of mentions; the fourth document has no pair."""


@dataclass(frozen=True)
class Trained:
    """A small model of a system, and the documents that it was trained on."""

    scorer: Scorer
    split: Split


def with_facts(document: Document, seed: int) -> Document:
    """Every pair has one of the relations, or none, or is left out."""
    chance = np.random.default_rng(seed)
    facts, excluded = [], []
    for head in document.entities:
        for tail in document.entities:
            kind = str(chance.choice([*RELATIONS, "none", "excluded"]))
            if kind in RELATIONS and head is not tail:
                facts.append(Fact(head.id, tail.id, kind))
            elif kind == "excluded" and head is not tail:
                excluded.append(ExcludedPair(head.id, tail.id, "hypernym"))
    return replace(document, facts=tuple(facts), excluded=tuple(excluded))


def split_for(system: str) -> Split:
    made = [with_facts(large_document(seed, *sizes), seed) for seed, sizes in enumerate(SIZES)]
    words = sum(document.words for document in made)
    states = np.random.default_rng(0).normal(size=(words, 1, STATE_WIDTH)).astype(np.float16)
    return make_split(network_type(system), made, state_inputs(states, made), ANY, RELATIONS)


@pytest.fixture(scope="module", params=SYSTEMS)
def trained(request: pytest.FixtureRequest) -> Trained:
    scorer, split = small_system(request.param).train(), split_for(request.param)
    optimizer = torch.optim.Adam(scorer.parameters(), lr=1e-2)
    batch = split.batch(split.asked)
    losses = []
    for _ in range(40):
        optimizer.zero_grad()
        pairs = scorer.network.loss(scorer(batch.inputs, batch.collated), batch.gold)
        loss = (pairs * batch.counted).sum() / batch.counted.sum()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.95 * losses[0]
    return Trained(scorer.eval(), split)


def scores_of(scorer: Scorer, split: Split, documents: int = 16) -> tuple[DocumentScores, ...]:
    return score(scorer, split, range(len(split.documents)), StepLimits(documents, 10**6, 10**6))


def test_scores_are_probabilities_that_tell_pairs_apart(trained: Trained) -> None:
    found = scores_of(trained.scorer, trained.split)
    assert [scored.scores.shape for scored in found] == [(len(pairs), 2) for pairs in trained.split.pairs]
    every = np.concatenate([scored.scores for scored in found])
    assert every.min() >= 0
    assert every.max() <= 1
    assert every.std() > 1000 * TOLERANCE, "else the tests below would always pass"


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("documents", [1, 2, 16])
def test_they_are_the_same_when_entities_and_pairs_are_shuffled(trained: Trained, seed: int, documents: int) -> None:
    expected = by_name(trained.split.documents, scores_of(trained.scorer, trained.split))
    other = with_shuffled(trained.split, seed)
    assert other.pairs != trained.split.pairs
    assert furthest(by_name(other.documents, scores_of(trained.scorer, other, documents)), expected) < TOLERANCE


@pytest.mark.parametrize("order", [[0, 1, 2, 4, 5], [5, 4, 2, 1, 0], [1, 4], [1, 0, 1], [3, 2]])
@torch.inference_mode()
def test_they_do_not_depend_on_the_batch(trained: Trained, order: list[int]) -> None:
    alone = scores_of(trained.scorer, trained.split, documents=1)
    batch = trained.split.batch(order)
    network = trained.scorer.network
    found = network.probabilities(trained.scorer(batch.inputs, batch.collated)).numpy()
    for number, part in zip(order, batch.documents, strict=True):
        np.testing.assert_allclose(found[part.asked], alone[number].scores, rtol=0, atol=TOLERANCE)


def test_they_do_not_depend_on_gold(trained: Trained) -> None:
    expected = by_name(trained.split.documents, scores_of(trained.scorer, trained.split))
    removed = [replace(document, facts=(), excluded=()) for document in trained.split.documents]
    others = [with_facts(document, seed + 50) for seed, document in enumerate(removed)]
    for made in (removed, others):
        found = scores_of(trained.scorer, with_documents(trained.split, made, trained.split.pairs))
        assert furthest(by_name(made, found), expected) == 0


def test_nothing_is_prepared_from_gold_or_from_what_is_asked(trained: Trained) -> None:
    network = trained.split.network
    for document, layout, prepared in zip(
        trained.split.documents, trained.split.layouts, trained.split.prepared, strict=True
    ):
        bare = replace(document, facts=(), excluded=())
        assert same(network.prepare(bare, layout), prepared)
        assert same(network.prepare(document, replace(layout, asked=layout.asked[::2])), prepared)


@torch.inference_mode()
def test_pairs_that_are_not_asked_for_stay_context(trained: Trained) -> None:
    def every_third(layout: Layout) -> Layout:
        return replace(layout, asked=layout.asked[::3])

    numbers = trained.split.asked
    some = replace(trained.split, layouts=tuple(map(every_third, trained.split.layouts))).batch(numbers)
    all_pairs = trained.split.batch(numbers)
    expected = trained.scorer(all_pairs.inputs, all_pairs.collated)
    found = trained.scorer(some.inputs, some.collated)
    for part, whole in zip(some.documents, all_pairs.documents, strict=True):
        torch.testing.assert_close(found[part.asked], expected[whole.asked][::3], rtol=0, atol=TOLERANCE)


def test_loss_and_probabilities_are_each_pair_s_own(trained: Trained) -> None:
    batch = trained.split.batch(trained.split.asked)
    with torch.no_grad():
        logits = trained.scorer(batch.inputs, batch.collated)
    network = trained.scorer.network
    order = torch.randperm(len(logits), generator=torch.Generator().manual_seed(0))
    losses, probabilities = network.loss(logits, batch.gold), network.probabilities(logits)
    assert losses.shape == (len(logits),)
    assert probabilities.shape == batch.gold.shape
    torch.testing.assert_close(network.loss(logits[order], batch.gold[order]), losses[order])
    torch.testing.assert_close(network.probabilities(logits[order]), probabilities[order])


def told(trained: Trained, split: Split) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    """Where the system looked for each pair: weights of the head's and of the tail's mentions, and of other pairs."""
    found = {}
    for scored in passes(trained.scorer, split, split.asked, StepLimits(3, 10**6, 10**6)):
        evidence = scored.evidence()
        document, pairs = split.documents[scored.number], split.pairs[scored.number]
        names = [(document.id, document.entities[pair.head].id, document.entities[pair.tail].id) for pair in pairs]
        for place, (name, pair) in enumerate(zip(names, pairs, strict=True)):
            entities = (document.entities[pair.head], document.entities[pair.tail])
            found[name] = _told(evidence, place, [len(entity.mentions) for entity in entities], names)
    return found


def _told(evidence: Evidence | None, place: int, mentions: list[int], names: list[Any]) -> tuple[Any, ...]:
    if evidence is None:
        return (None, None, None)
    weights, others = evidence.mentions(place), evidence.others(place)
    for own, count in ((weights.head, mentions[0]), (weights.tail, mentions[1]), (others, len(names))):
        if own is not None:
            assert own.shape == (count,)
            assert own.sum() == pytest.approx(1, abs=1e-5)
            assert own.min() >= 0
    by_pair = None if others is None else others[sorted(range(len(names)), key=names.__getitem__)]
    return weights.head, weights.tail, by_pair


def test_where_it_looked_does_not_depend_on_the_order(trained: Trained) -> None:
    expected = told(trained, trained.split)
    for name, found in told(trained, with_shuffled(trained.split, 1)).items():
        for one, other in zip(found, expected[name], strict=True):
            assert (one is None) == (other is None)
            if one is not None:
                np.testing.assert_allclose(one, other, rtol=0, atol=TOLERANCE)
    hooks = [hook for part in trained.scorer.modules() for hook in (*part._forward_hooks, *part._forward_pre_hooks)]
    assert not hooks, "looking leaves nothing behind in the model"


@torch.inference_mode()
def test_each_part_can_be_silenced_and_plays_its_part(trained: Trained) -> None:
    batch = trained.split.batch(trained.split.asked)
    run = partial(trained.scorer, batch.inputs, batch.collated)
    expected = run()
    for name, modules in trained.scorer.network.parts().items():
        assert modules, name
        assert set(modules) <= set(trained.scorer.network.modules())
        hooks = [module.register_forward_hook(_zeros) for module in modules]
        silenced = run()
        for hook in hooks:
            hook.remove()
        assert silenced.isfinite().all(), name
        assert (silenced - expected).abs().max() > TOLERANCE, name
    assert torch.equal(run(), expected)


def test_it_says_what_it_reads_and_how_it_decides(trained: Trained) -> None:
    network = trained.scorer.network
    assert network.needs
    assert network.needs <= set(Need)
    assert network.decision.threshold is None or 0 <= network.decision.threshold <= 1


def _zeros(_: nn.Module, _given: Any, found: Tensor) -> Tensor:
    return torch.zeros_like(found)


def same(one: Any, other: Any) -> bool:
    """Whether two things that were prepared are the same, arrays and all."""
    if isinstance(one, np.ndarray | Tensor):
        return type(one) is type(other) and one.shape == other.shape and bool((one == other).all())
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(same(*both) for both in zip(one, other, strict=True))
    if is_dataclass(one):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    return one == other
