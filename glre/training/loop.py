"""The training loop: one record per epoch, chosen by dev F1, with everything needed to stop and go on."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from glre.errors import InputError
from glre.evaluation.threshold import Threshold, threshold_at, threshold_for
from glre.settings import FineTuning, Training
from glre.systems.network import Scorer
from glre.systems.scoring import score
from glre.systems.split import Batch, Split, StepLimits, steps
from glre.training.batches import epoch_batches
from glre.training.negatives import with_negatives
from glre.training.optimizer import new_optimizer, set_rates
from glre.training.processes import Processes


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """What an epoch came to: mean training loss per counted pair, dev F1 at its best threshold, seconds taken."""

    epoch: int
    loss: float
    dev_f1: float
    threshold: float
    best_dev_f1: float
    best_epoch: int
    seconds: float


@dataclass
class Trainee:
    """A model in training with all that changes while it trains."""

    model: Scorer
    averaged: AveragedModel
    """The model under the moving average of its weights: what is scored on dev and kept."""
    optimizer: torch.optim.Optimizer
    shuffle: np.random.Generator
    history: list[EpochRecord] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)
    """Weights of the best epoch."""

    @property
    def kept(self) -> Scorer:
        """What `averaged` holds."""
        return cast(Scorer, self.averaged.module)

    @property
    def epoch(self) -> int:
        """Epochs done."""
        return len(self.history)

    @property
    def best_threshold(self) -> Threshold:
        """The threshold chosen on dev in the best epoch."""
        record = self.history[self.history[-1].best_epoch - 1]
        return Threshold(record.threshold, record.dev_f1)


def new_trainee(model: Scorer, settings: Training, fine_tuning: FineTuning | None, seed: int) -> Trainee:
    """A model that has not been trained yet, with its optimiser."""
    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(settings.weight_average))  # type: ignore[no-untyped-call]
    optimizer = new_optimizer(model, settings, fine_tuning)
    return Trainee(model, averaged, optimizer, np.random.default_rng(seed))


def train(
    trainee: Trainee,
    train_split: Split,
    dev_split: Split,
    relations: tuple[str, ...],
    settings: Training,
    processes: Processes,
) -> Iterator[EpochRecord]:
    """Train until dev F1 has not risen for `patience` epochs, or to `epochs`; yields after each epoch.

    The trainee is consistent whenever a record is yielded, so that it can be saved there. Raises InputError where the
    loss or a weight is not finite; the trainee is then worth nothing, and the last saved one is.
    """
    joined = processes.joined(trainee.model)
    limits = step_limits(settings)
    while not finished(trainee, settings):
        began = time.monotonic()
        loss = _epoch(trainee, joined, train_split, settings, processes)
        # The epoch's last step comes after its last loss.
        finite_weights = all(bool(parameter.isfinite().all()) for parameter in trainee.model.parameters())
        if not (math.isfinite(loss) and finite_weights):
            raise InputError(
                f"training, epoch {trainee.epoch + 1}",
                "weights that are not finite" if math.isfinite(loss) else f"a loss of {loss}",
                "a finite one: lower training.learning_rate, or look for damaged features",
            )
        own = processes.own(range(len(dev_split.documents)))
        scored = processes.gathered(score(trainee.kept, dev_split, own, limits))
        by_document = {document.document_id: document for document in scored}
        scores = [by_document[document.id] for document in dev_split.documents]
        fixed = trainee.model.network.decision.threshold
        if fixed is None:
            threshold = threshold_for(dev_split.documents, scores, relations)
        else:
            threshold = threshold_at(fixed, dev_split.documents, scores, relations)
        record = _record(trainee, loss, threshold, settings, began)
        if record.best_epoch == record.epoch:
            trainee.best = {name: value.cpu().clone() for name, value in trainee.kept.state_dict().items()}
        trainee.history.append(record)
        yield record


def finished(trainee: Trainee, settings: Training) -> bool:
    """Whether training has come to its end: all epochs, or no better one for `patience` epochs."""
    if not trainee.history:
        return False
    last = trainee.history[-1]
    return (
        last.epoch >= settings.epochs or last.epoch - max(last.best_epoch, settings.first_choice) >= settings.patience
    )


def step_limits(settings: Training) -> StepLimits:
    """What goes through the model at once."""
    return StepLimits(settings.batch_size, settings.step_words, settings.step_pairs)


def pair_loss(scorer: Scorer, logits: Tensor, batch: Batch, pairs: int) -> Tensor:
    """The system's loss summed over counted pairs, divided by `pairs`: those of all steps together."""
    return (scorer.network.loss(logits, batch.gold) * batch.counted).sum() / max(pairs, 1)


def _epoch(trainee: Trainee, joined: nn.Module, split: Split, settings: Training, processes: Processes) -> float:
    trainee.model.train()
    asked = with_negatives(split, settings.negatives, trainee.shuffle)
    batches = epoch_batches(asked, settings.batch_size, trainee.shuffle)
    total = torch.zeros((), device=processes.device)
    pairs = 0
    for place, numbers in enumerate(batches):
        set_rates(trainee.optimizer, settings, (trainee.epoch + place / len(batches)) / settings.epochs)
        trainee.optimizer.zero_grad(set_to_none=True)
        counted = asked.counted(numbers)
        # Summed on the device: reading the loss in every step would make a GPU wait.
        total += _gradients(trainee.model, joined, asked, numbers, counted, settings, processes) * counted
        nn.utils.clip_grad_norm_(trainee.model.parameters(), settings.gradient_clip)
        trainee.optimizer.step()
        trainee.averaged.update_parameters(trainee.model)
        pairs += counted
    return sum(processes.gathered([float(total)])) / max(pairs, 1)


def _gradients(
    scorer: Scorer,
    joined: nn.Module,
    split: Split,
    numbers: list[int],
    counted: int,
    settings: Training,
    processes: Processes,
) -> Tensor:
    """Leave the gradients of a batch's mean loss over its `counted` pairs at the weights; returns this process's."""
    own = processes.own(numbers)
    # Every process takes part in every exchange, one without a document of this batch with a gradient of zero.
    weight = processes.count if own else 0
    parts = list(steps(split, own or numbers[:1], step_limits(settings)))
    total = torch.zeros((), device=processes.device)
    for place, part in enumerate(parts):
        batch = split.batch(part).to(processes.device)
        with processes.gradients(joined, exchanged=place == len(parts) - 1):
            loss = pair_loss(scorer, joined(batch.inputs, batch.collated), batch, counted)
            # Times their number, since the exchange takes the mean over the processes.
            (loss * weight).backward()  # type: ignore[no-untyped-call]
        total += loss.detach() * min(weight, 1)
    return total


def _record(trainee: Trainee, loss: float, threshold: Threshold, settings: Training, began: float) -> EpochRecord:
    epoch, last = trainee.epoch + 1, trainee.history[-1] if trainee.history else None
    # Before the first choice every epoch stands in for the best one.
    better = last is None or epoch <= settings.first_choice or threshold.f1 > last.best_dev_f1
    return EpochRecord(
        epoch=epoch,
        loss=loss,
        dev_f1=threshold.f1,
        threshold=threshold.value,
        best_dev_f1=threshold.f1 if last is None or better else last.best_dev_f1,
        best_epoch=epoch if last is None or better else last.best_epoch,
        seconds=time.monotonic() - began,
    )
