"""The two steps against their equations, pair by pair."""

import pytest
import torch
from hypothesis import given, settings
from random_documents import Corpus, corpora
from small_models import SMALL, STATE_WIDTH
from torch import Tensor
from torch.nn import functional

from glre.systems.layers.distance import distance_bin
from glre.systems.layout import batch_layouts
from glre.systems.two_step.settings import TwoStepSettings
from glre.systems.two_step.two_step import Step, TwoStep


def network(relations: int = 2) -> TwoStep:
    torch.manual_seed(1)
    chosen = TwoStepSettings.model_validate(SMALL["two_step"] | {"lstm": 0})
    return TwoStep(STATE_WIDTH, relations, chosen).double().eval()


def slow_scores(step: Step, corpus: Corpus, words: Tensor) -> list[Tensor]:
    """`[e_h ; d_ht]ᵀ B_r [e_t ; d_th] + b_r`, an entity the mean over mentions of means over words."""
    found, first, form = [], 0, step.scores
    words = step.words(words)
    for number, document in enumerate(corpus.documents):
        offsets = document.sentence_offsets
        spans = [
            [(first + offsets[m.sentence] + m.start, first + offsets[m.sentence] + m.end) for m in entity.mentions]
            for entity in document.entities
        ]
        entities = [torch.stack([words[start:end].mean(0) for start, end in own]).mean(0) for own in spans]
        for pair in corpus.pairs(number):
            apart = torch.tensor(min(spans[pair.tail])[0] - min(spans[pair.head])[0])
            bins = form.distance.bins
            there, back = (form.distance.vectors.weight[distance_bin(of, bins) + bins + 1] for of in (apart, -apart))
            head, tail = torch.cat([entities[pair.head], there]), torch.cat([entities[pair.tail], back])
            scores = [head @ form.forms[:, relation] @ tail for relation in range(form.forms.shape[1])]
            found.append(torch.stack(scores) + form.bias)
        first += document.words
    return found


@settings(max_examples=30, deadline=None)
@given(corpora())
@torch.no_grad()
def test_every_pair_has_the_logits_of_both_steps(corpus: Corpus) -> None:
    model, layout = network(), batch_layouts(corpus.layouts)
    words = torch.randn(corpus.words, STATE_WIDTH, dtype=torch.float64)
    found = model(words, TwoStep.collate([], corpus.layouts, layout))
    slow = [slow_scores(step, corpus, words) for step in (model.related, model.relations)]
    expected = [torch.cat(both) for both in zip(*slow, strict=True)]
    torch.testing.assert_close(found, torch.stack(expected) if expected else torch.zeros(0, 3, dtype=torch.float64))


def test_the_second_step_is_trained_on_related_pairs_and_filtered_by_the_first() -> None:
    model = network()
    logits = torch.tensor([[0.3, 1.0, -1.0], [-0.3, 2.0, 0.5]], requires_grad=True)
    gold = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    model.loss(logits, gold).sum().backward()
    assert logits.grad is not None
    assert logits.grad[0, 1:].tolist() == [0, 0]
    assert logits.grad[1].abs().min() > 0
    found = model.probabilities(logits.detach())
    torch.testing.assert_close(found, torch.stack([logits[0, 1:].detach().sigmoid(), torch.zeros(2)]))


@pytest.mark.parametrize("gold", [0.0, 1.0])
def test_with_one_relation_there_is_one_step(gold: float) -> None:
    model = network(relations=1)
    logits = torch.tensor([[0.7]])
    assert model.relations is None
    assert torch.equal(model.probabilities(logits), logits.sigmoid())
    expected = functional.binary_cross_entropy_with_logits(logits[0], torch.tensor([gold]), reduction="none")
    assert torch.equal(model.loss(logits, torch.tensor([[gold]])), expected)
