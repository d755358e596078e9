"""The training loop: one record per epoch, chosen by dev F1, with everything needed to stop and go on."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from glre.errors import InputError
from glre.evaluation.threshold import Threshold, threshold_for
from glre.settings import Training
from glre.training.batches import Batch, Split, epoch_batches
from glre.training.scoring import score


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

    model: nn.Module
    averaged: AveragedModel
    """The model under the moving average of its weights: what is scored on dev and kept."""
    optimizer: torch.optim.Optimizer
    shuffle: np.random.Generator
    history: list[EpochRecord] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)
    """Weights of the best epoch."""

    @property
    def epoch(self) -> int:
        """Epochs done."""
        return len(self.history)

    @property
    def best_threshold(self) -> Threshold:
        """The threshold chosen on dev in the best epoch."""
        record = self.history[self.history[-1].best_epoch - 1]
        return Threshold(record.threshold, record.dev_f1)


def new_trainee(model: nn.Module, settings: Training, seed: int) -> Trainee:
    """A model that has not been trained yet, with its optimiser (Adam, as published)."""
    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(settings.weight_average))  # type: ignore[no-untyped-call]
    optimizer = torch.optim.Adam(
        model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay, amsgrad=settings.amsgrad
    )
    return Trainee(model, averaged, optimizer, np.random.default_rng(seed))


def train(
    trainee: Trainee, train_split: Split, dev_split: Split, relations: tuple[str, ...], settings: Training
) -> Iterator[EpochRecord]:
    """Train until dev F1 has not risen for `patience` epochs, or to `epochs`; yields after each epoch.

    The trainee is consistent whenever a record is yielded, so that it can be saved there. Raises InputError where the
    loss or a weight is not finite; the trainee is then worth nothing, and the last saved one is.
    """
    device = next(trainee.model.parameters()).device
    while not finished(trainee, settings):
        began = time.monotonic()
        loss = _epoch(trainee, train_split, settings, device)
        # The epoch's last step comes after its last loss.
        finite_weights = all(bool(parameter.isfinite().all()) for parameter in trainee.model.parameters())
        if not (math.isfinite(loss) and finite_weights):
            raise InputError(
                f"training, epoch {trainee.epoch + 1}",
                "weights that are not finite" if math.isfinite(loss) else f"a loss of {loss}",
                "a finite one: lower training.learning_rate, or look for damaged features",
            )
        scores = score(trainee.averaged.module, dev_split, settings.batch_size, device)
        threshold = threshold_for(dev_split.documents, scores, relations)
        better = not trainee.history or threshold.f1 > trainee.history[-1].best_dev_f1
        if better:
            trainee.best = {name: value.cpu().clone() for name, value in trainee.averaged.module.state_dict().items()}
        record = EpochRecord(
            epoch=trainee.epoch + 1,
            loss=loss,
            dev_f1=threshold.f1,
            threshold=threshold.value,
            best_dev_f1=threshold.f1 if better else trainee.history[-1].best_dev_f1,
            best_epoch=trainee.epoch + 1 if better else trainee.history[-1].best_epoch,
            seconds=time.monotonic() - began,
        )
        trainee.history.append(record)
        yield record


def finished(trainee: Trainee, settings: Training) -> bool:
    """Whether training has come to its end: all epochs, or no better one for `patience` epochs."""
    if not trainee.history:
        return False
    last = trainee.history[-1]
    return last.epoch >= settings.epochs or last.epoch - last.best_epoch >= settings.patience


def pair_loss(logits: Tensor, batch: Batch) -> Tensor:
    """Binary cross-entropy summed over relations, mean over the counted pairs of the batch."""
    losses = functional.binary_cross_entropy_with_logits(logits, batch.gold, reduction="none").sum(dim=1)
    return (losses * batch.counted).sum() / batch.counted.sum().clamp(min=1)


def _epoch(trainee: Trainee, split: Split, settings: Training, device: torch.device) -> float:
    model, optimizer = trainee.model, trainee.optimizer
    model.train()
    total = torch.zeros((), device=device)
    pairs = torch.zeros((), device=device)
    for batch in epoch_batches(split, settings.batch_size, trainee.shuffle):
        moved = batch.to(device)
        loss = pair_loss(model(moved.inputs, moved.graph), moved)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), settings.gradient_clip)
        optimizer.step()
        trainee.averaged.update_parameters(model)
        # Summed on the device: reading the loss in every step would make a GPU wait.
        counted = moved.counted.sum()
        total += loss.detach() * counted
        pairs += counted
    return float(total / pairs.clamp(min=1))
