import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from word_documents import RELATIONS, documents, small_scorer, split, training

from glre.documents.document import Document, Entity, Fact, Mention, Sentence
from glre.errors import InputError
from glre.evaluation.threshold import Threshold, threshold_for
from glre.systems.glre.graph import GraphBatch
from glre.systems.network import Network, Scorer
from glre.systems.scoring import score
from glre.systems.split import Batch, Split
from glre.systems.system import Decision
from glre.training.loop import EpochRecord, Trainee, finished, new_trainee, pair_loss, step_limits, train
from glre.training.processes import Processes

CANDIDATES = 6
ALONE = Processes()
SCORER = small_scorer()


def ranking_document(name: str) -> Document:
    """One head, six tails, of which the first is the only gold one."""
    words = tuple(f"w{number}" for number in range(CANDIDATES + 1))
    entities = tuple(
        Entity(f"E{number}", "b" if number else "a", (Mention(0, number, number + 1, word, "a"),))
        for number, word in enumerate(words)
    )
    return Document(name, "", None, (Sentence(words),), entities, (Fact("E0", "E1", "r"),))


class Ranker(Network[Any, GraphBatch]):
    """In epoch n puts the gold pair of a `ranking_document` in place `ranks[n]`, which gives a dev F1 of 2/(1+rank)."""

    def __init__(self, ranks: Sequence[int], losses: Sequence[float] = ()) -> None:
        super().__init__()
        self.ranks, self.losses = ranks, losses
        self.weight = nn.Parameter(torch.zeros(()))
        self.epoch = nn.Buffer(torch.zeros((), dtype=torch.int64))

    def relate(self, words: Tensor, batch: GraphBatch) -> Tensor:
        del words
        pairs = batch.layout.pairs.shape[1]
        if self.training:
            self.epoch += 1
            scale = self.losses[int(self.epoch) - 1] if self.losses else 1.0
            return (self.weight + scale).expand(pairs, len(RELATIONS))
        scores = torch.arange(pairs, 0, -1.0)
        scores[0] = pairs - 0.5 - (self.ranks[min(int(self.epoch), len(self.ranks)) - 1] - 1)
        logits = torch.full((pairs, len(RELATIONS)), -9.0)
        logits[:, 0] = scores - 5
        return logits


class HalfIsEnough(Ranker):
    """Predicts what has a score of one half: the second pair always, the gold one where it is the first."""

    decision = Decision(0.5)


def ranker(ranks: Sequence[int], losses: Sequence[float] = ()) -> Scorer:
    return Scorer(nn.Identity(), Ranker(ranks, losses))


def f1_of(rank: int) -> float:
    return 2 / (1 + rank)


@pytest.fixture(scope="module")
def ranking() -> Split:
    return split([ranking_document("1")])


def trained(model: Scorer, made: Split, dev: Split | None = None, **changes: object) -> tuple[Trainee, list]:
    chosen = training(**changes)
    trainee = new_trainee(model, chosen, None, 1)
    return trainee, list(train(trainee, made, dev or made, RELATIONS, chosen, ALONE))


@pytest.mark.parametrize(
    ("ranks", "patience", "epochs", "best_by_epoch"),
    [
        ([5, 3, 4, 2, 6, 6, 6, 1], 3, 20, [1, 2, 2, 4, 4, 4, 4]),
        ([1, 1, 1, 1], 2, 20, [1, 1, 1]),
        ([6, 5, 4, 3], 1, 4, [1, 2, 3, 4]),
        ([2, 3, 1], 1, 20, [1, 1]),
        ([6, 6, 2, 6, 6], 20, 5, [1, 1, 3, 3, 3]),
        ([3], 5, 1, [1]),
    ],
)
def test_the_best_epoch_and_the_end(
    ranking: Split, ranks: list[int], patience: int, epochs: int, best_by_epoch: list[int]
) -> None:
    trainee, records = trained(ranker(ranks), ranking, patience=patience, epochs=epochs)
    assert [record.epoch for record in records] == list(range(1, len(best_by_epoch) + 1))
    assert [record.best_epoch for record in records] == best_by_epoch
    assert [record.dev_f1 for record in records] == pytest.approx([f1_of(rank) for rank in ranks[: len(records)]])
    for record in records:
        assert record.best_dev_f1 == records[record.best_epoch - 1].dev_f1
        assert record.best_dev_f1 == max(earlier.dev_f1 for earlier in records[: record.epoch])
    assert trainee.history == records
    best = records[best_by_epoch[-1] - 1]
    assert int(trainee.best["network.epoch"]) == best.epoch
    assert (trainee.best_threshold.value, trainee.best_threshold.f1) == (best.threshold, best.dev_f1)
    assert finished(trainee, training(patience=patience, epochs=epochs))


def test_the_best_weights_do_not_change_with_further_training(ranking: Split) -> None:
    chosen = training(patience=5, epochs=4)
    trainee = new_trainee(ranker([1, 2, 3, 4]), chosen, None, 1)
    best = {}
    for record in train(trainee, ranking, ranking, RELATIONS, chosen, ALONE):
        if record.epoch == 1:
            best = {name: value.clone() for name, value in trainee.best.items()}
    assert all(torch.equal(value, trainee.best[name]) for name, value in best.items())
    assert not torch.equal(trainee.model.network.weight, trainee.best["network.weight"])


def test_a_system_with_a_rule_of_its_own_keeps_it_and_is_chosen_by_what_that_gives(ranking: Split) -> None:
    model = Scorer(nn.Identity(), HalfIsEnough([3, 1, 2]))
    trainee, records = trained(model, ranking, patience=5, epochs=3)
    assert [record.dev_f1 for record in records] == pytest.approx([0, 2 / 3, 0])
    assert [record.threshold for record in records] == [0.5] * 3
    assert [record.best_epoch for record in records] == [1, 2, 2]
    assert trainee.best_threshold == Threshold(0.5, records[1].dev_f1)


class Squares(Ranker):
    """With a loss of its own."""

    def loss(self, logits: Tensor, gold: Tensor) -> Tensor:
        return (logits - gold).square().sum(dim=1)


def test_the_loss_is_the_system_s_own() -> None:
    made = split(documents(12))
    model = Scorer(nn.Identity(), Squares([1], losses=[0.3] * 50))
    dev = split([ranking_document("1")])
    _, (record,) = trained(model, made, dev, epochs=1, learning_rate=1e-9)
    gold = np.concatenate([labels.gold[labels.counted] for labels in made.labels]).astype(float)
    assert record.loss == pytest.approx(np.square(0.3 - gold).sum(axis=1).mean(), rel=1e-5)


@pytest.mark.parametrize("decay", [0.0, 0.7])
def test_what_is_scored_and_kept_is_the_moving_average_of_the_weights(decay: float) -> None:
    made = split(documents(12))
    chosen = training(epochs=3, weight_average=decay)
    trainee = new_trainee(small_scorer(), chosen, None, 1)
    averages: list[dict[str, Tensor]] = []

    def slow_average(*_: object) -> None:
        weights = {name: value.detach().clone() for name, value in trainee.model.named_parameters()}
        before = averages[-1] if averages else weights
        averages.append({name: decay * before[name] + (1 - decay) * weights[name] for name in weights})

    trainee.optimizer.register_step_post_hook(slow_average)
    best: dict[str, Tensor] = {}
    for record in train(trainee, made, made, RELATIONS, chosen, ALONE):
        best = averages[-1] if record.best_epoch == record.epoch else best
        for name, value in trainee.averaged.module.named_parameters():
            torch.testing.assert_close(value, averages[-1][name])
        scores = score(trainee.averaged.module, made, range(12), step_limits(chosen))
        assert threshold_for(made.documents, scores, RELATIONS).f1 == record.dev_f1
    assert len(averages) == 9
    for name, value in best.items():
        torch.testing.assert_close(trainee.best[name], value)


def test_the_trainee_is_consistent_at_every_record(ranking: Split) -> None:
    chosen = training(epochs=3)
    trainee = new_trainee(ranker([3, 2, 1]), chosen, None, 1)
    for number, record in enumerate(train(trainee, ranking, ranking, RELATIONS, chosen, ALONE), start=1):
        assert trainee.epoch == record.epoch == number
        assert trainee.history[-1] is record


def test_training_that_is_at_its_end_does_nothing(ranking: Split) -> None:
    chosen = training(epochs=1)
    trainee = new_trainee(ranker([1]), chosen, None, 1)
    assert len(list(train(trainee, ranking, ranking, RELATIONS, chosen, ALONE))) == 1
    assert list(train(trainee, ranking, ranking, RELATIONS, chosen, ALONE)) == []


def test_the_loss_is_the_mean_over_counted_pairs_of_the_epoch() -> None:
    made = split(documents(20))
    _, (record,) = trained(ranker([1], losses=[0.3] * 50), made, split([ranking_document("1")]), epochs=1, batch_size=3)
    labels = [found for found, pairs in zip(made.labels, made.pairs, strict=True) if pairs]
    gold = np.concatenate([found.gold[found.counted] for found in labels]).astype(float)
    losses = np.log1p(np.exp(-0.3)) * gold + np.log1p(np.exp(0.3)) * (1 - gold)
    # Adam moves the one weight by its learning rate in a step: close to the loss of the first step.
    assert record.loss == pytest.approx(losses.sum(axis=1).mean(), rel=0.15)
    _, (record,) = trained(
        ranker([1], losses=[0.3] * 50), made, split([ranking_document("1")]), epochs=1, batch_size=3, learning_rate=1e-9
    )
    assert record.loss == pytest.approx(losses.sum(axis=1).mean(), rel=1e-5)


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_names_its_epoch(ranking: Split, loss: float) -> None:
    chosen = training(epochs=5)
    trainee = new_trainee(ranker([2, 1, 1], losses=[0.1, 0.1, loss]), chosen, None, 1)
    records: list[EpochRecord] = []
    with pytest.raises(InputError, match=r"^training, epoch 3: found a loss of (nan|inf); expected a finite one"):
        records.extend(train(trainee, ranking, ranking, RELATIONS, chosen, ALONE))
    assert len(trainee.history) == 2


def test_weights_that_the_last_step_of_an_epoch_destroys() -> None:
    model = small_scorer()
    for parameter in model.parameters():
        parameter.register_hook(lambda gradient: gradient * float("inf"))
    chosen = training(epochs=1, batch_size=100)
    trainee = new_trainee(model, chosen, None, 1)
    with pytest.raises(InputError, match="training, epoch 1"):
        list(train(trainee, split(documents(8)), split(documents(8, seed=1)), RELATIONS, chosen, ALONE))


def test_the_model_learns() -> None:
    made = split(documents(12))
    _, records = trained(
        small_scorer(encoder_dropout=0.0, rgcn_input_dropout=0.0, classifier_dropout=0.0),
        made,
        epochs=40,
        patience=40,
    )
    assert records[-1].loss < 0.6 * records[0].loss
    assert records[-1].best_dev_f1 > records[0].dev_f1 + 0.1


def test_a_batch_in_several_steps_is_the_same_batch() -> None:
    """As far as sums of floating-point numbers go, and without dropout, which is drawn step by step."""
    made = split(documents(12))
    still = {"encoder_dropout": 0.0, "rgcn_input_dropout": 0.0, "rgcn_output_dropout": 0.0, "attention_dropout": 0.0}
    histories, weights = [], []
    for limits in ({}, {"step_words": 30}, {"step_pairs": 1}):
        model = small_scorer(**still, classifier_dropout=0.0)
        trainee, records = trained(model, made, epochs=3, batch_size=6, **limits)
        histories.append([(record.loss, record.dev_f1) for record in records])
        weights.append(torch.cat([value.flatten() for value in trainee.model.parameters()]))
    for history, weight in zip(histories[1:], weights[1:], strict=True):
        assert np.array(history) == pytest.approx(np.array(histories[0]), rel=1e-4)
        torch.testing.assert_close(weight, weights[0], rtol=1e-3, atol=1e-4)


def test_no_epoch_before_the_first_choice_is_the_best(ranking: Split) -> None:
    trainee, records = trained(ranker([1, 5, 4, 3, 6, 6, 6]), ranking, patience=2, epochs=20, first_choice=3)
    assert [record.best_epoch for record in records] == [1, 2, 3, 4, 4, 4]
    assert int(trainee.best["network.epoch"]) == 4


def test_gradients_are_clipped() -> None:
    made = split(documents(12))
    chosen = training(epochs=1, gradient_clip=1e-12, weight_decay=0.0)
    model = small_scorer()
    seen: list[float] = []

    def remember(optimizer: torch.optim.Optimizer, _arguments: object, _named: object) -> None:
        gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        seen.append(float(torch.cat([gradient.flatten() for gradient in gradients]).norm()))

    trainee = new_trainee(model, chosen, None, 1)
    trainee.optimizer.register_step_pre_hook(remember)
    list(train(trainee, made, made, RELATIONS, chosen, ALONE))
    assert seen
    assert max(seen) <= 1.01e-12


batches = st.integers(0, 999).map(lambda seed: split(documents(4, seed)).batch([0, 1, 2]))


@settings(max_examples=40, deadline=None)
@given(batches, st.integers(0, 99))
def test_pair_loss_against_a_slow_version(batch: Batch, seed: int) -> None:
    logits = torch.randn(batch.gold.shape, generator=torch.Generator().manual_seed(seed)) * 3
    total, pairs = 0.0, 0
    for pair, counted in enumerate(batch.counted.tolist()):
        if not counted:
            continue
        pairs += 1
        for relation, gold in enumerate(batch.gold[pair].tolist()):
            probability = 1 / (1 + np.exp(-float(logits[pair, relation])))
            total -= np.log(probability) if gold else np.log(1 - probability)
    assert float(pair_loss(SCORER, logits, batch, pairs)) == pytest.approx(total / max(pairs, 1), rel=1e-4)


@settings(max_examples=20, deadline=None)
@given(batches)
def test_excluded_pairs_do_not_touch_loss_and_gradient(batch: Batch) -> None:
    logits = torch.zeros(batch.gold.shape, requires_grad=True)
    loss = pair_loss(SCORER, logits, batch, 5)
    loss.backward()
    assert logits.grad is not None
    assert torch.equal(logits.grad.abs().sum(dim=1) > 0, batch.counted)
    other = torch.where(batch.counted[:, None], torch.zeros(()), torch.full((), 50.0)).expand_as(batch.gold)
    assert torch.equal(pair_loss(SCORER, other, batch, 5), loss)
    turned = torch.where(batch.counted[:, None], batch.gold, 1 - batch.gold)
    assert torch.equal(pair_loss(SCORER, logits, dataclasses.replace(batch, gold=turned), 5), loss)


def test_a_batch_of_excluded_pairs_alone_has_no_loss() -> None:
    batch = split(documents(4)).batch([0])
    batch = dataclasses.replace(batch, counted=torch.zeros_like(batch.counted))
    assert float(pair_loss(SCORER, torch.randn(batch.gold.shape), batch, 0)) == 0
