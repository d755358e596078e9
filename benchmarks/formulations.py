"""The formulations that are compared, each a model with a loss, and what a training step of one costs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from benchmarks.measuring import Cost, cost, limit_memory, out_of_memory, tensor_peak
from benchmarks.plain.encoder import PlainEncoder
from benchmarks.plain.graph import plain_batch, plain_document
from benchmarks.plain.model import PlainGLRE, load_weights
from benchmarks.workloads import Setting, Workload, frozen_states
from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.word_source import WordSource
from glre.systems.network import Scorer
from glre.systems.split import Split
from glre.systems.trained import new_scorer
from glre.training.loop import pair_loss
from glre.training.optimizer import new_optimizer

Name = Literal["glre", "plain_cached", "plain"]

TITLES: dict[Name, str] = {
    "glre": "glre",
    "plain_cached": "plain, cached hidden states",
    "plain": "plain",
}

_STEPS = 3
_ENOUGH_SECONDS = 6.0


class Formulation(Protocol):
    """A model and its loss on some documents of a split; what a step has to make anew is made in `loss`."""

    model: nn.Module

    def loss(self, numbers: Sequence[int]) -> Tensor:
        """The loss to minimise on these documents."""
        ...


class Package:
    """The package's model on cached hidden states."""

    def __init__(self, split: Split, model: Scorer) -> None:
        self.model: nn.Module = model
        self._scorer = model
        self._split = split

    def loss(self, numbers: Sequence[int]) -> Tensor:
        batch = self._split.batch(numbers)
        logits = self._scorer(batch.inputs, batch.collated)
        return pair_loss(self._scorer, logits, batch, int(batch.counted.sum()))


class Plain:
    """The plain model, on cached hidden states where there is no encoder."""

    def __init__(self, split: Split, model: PlainGLRE, encoder: FrozenEncoder | None) -> None:
        self.model: nn.Module = model
        self._split = split
        self._documents = [plain_document(split, number) for number in range(len(split.documents))]
        self._encoder = PlainEncoder(encoder) if encoder else None
        self._subwords = [encoder.subwords(document) for document in split.documents] if encoder else []

    def loss(self, numbers: Sequence[int]) -> Tensor:
        batch = plain_batch([self._documents[number] for number in numbers])
        if self._encoder is None:
            states = [frozen_states(self._split, [number]) for number in numbers]
        else:
            states = self._encoder.states([self._subwords[number] for number in numbers])
        losses = nn.functional.binary_cross_entropy_with_logits(self.model(states, batch), batch.gold, reduction="none")
        return (losses.sum(dim=1) * batch.counted).sum() / batch.counted.sum().clamp(min=1)


@dataclass(frozen=True)
class Task:
    """Training steps of one formulation on batches of a workload; `allowed` bytes of memory may be taken."""

    formulation: Name
    workload: Workload
    setting: Setting
    batches: tuple[tuple[int, ...], ...]
    threads: int
    allowed: int


@dataclass(frozen=True, slots=True)
class StepTime:
    """The fastest of some training steps, on the clock and on the processor."""

    seconds: float
    processor_seconds: float


@dataclass(frozen=True, slots=True)
class StepCost:
    """The fastest of some training steps, and the most bytes of tensors that the way forth and back held at once.

    The optimiser is left out of the bytes: it takes the same in all formulations, and more than a short document.
    """

    seconds: float
    processor_seconds: float
    tensor_bytes: int


def build(name: Name, split: Split, setting: Setting, source: WordSource) -> Formulation:
    """The formulation with its weights drawn by chance; all have the same."""
    torch.manual_seed(1)
    glre = new_scorer(setting.model, source, len(setting.relations))
    if name == "glre":
        return Package(split, glre)
    words = source.description
    plain = PlainGLRE(len(words.layers), words.width, len(setting.relations), setting.model)
    load_weights(plain, glre)
    return Plain(split, plain, FrozenEncoder(setting.encoder) if name == "plain" else None)


def epoch_cost(task: Task) -> Cost | None:
    """Cost of one training step on each of the batches, after one to warm up; None where memory does not suffice."""
    try:
        steps = _steps(task)
        return cost(partial(steps.take, task.batches[0]), partial(steps.take_all, task.batches))
    except (RuntimeError, MemoryError) as error:
        if out_of_memory(error):
            return None
        raise


def step_cost(task: Task) -> StepCost | None:
    """Cost of a training step on the first batch; None where memory does not suffice."""
    batch = task.batches[0]
    try:
        steps = _steps(task)
        fastest = steps.fastest(batch)
        steps.forget_gradients()
        peak = tensor_peak(partial(steps.forth_and_back, batch))
    except (RuntimeError, MemoryError) as error:
        if out_of_memory(error):
            return None
        raise
    return StepCost(fastest.seconds, fastest.processor_seconds, peak)


class TrainingSteps:
    """Training steps as the package's loop takes them."""

    def __init__(self, formulation: Formulation, setting: Setting) -> None:
        self._formulation = formulation
        training = setting.training
        averaging = get_ema_multi_avg_fn(training.weight_average)  # type: ignore[no-untyped-call]
        self._averaged = AveragedModel(formulation.model, multi_avg_fn=averaging)
        self._optimizer = new_optimizer(formulation.model, training, setting.fine_tuning)
        self._clip = training.gradient_clip
        formulation.model.train()

    def take_all(self, batches: Sequence[Sequence[int]]) -> None:
        """One step on each of the batches."""
        for numbers in batches:
            self.take(numbers)

    def take(self, numbers: Sequence[int]) -> None:
        """One step, its gradients kept."""
        self.forget_gradients()
        self.forth_and_back(numbers)
        nn.utils.clip_grad_norm_(self._formulation.model.parameters(), self._clip)
        self._optimizer.step()
        self._averaged.update_parameters(self._formulation.model)

    def fastest(self, numbers: Sequence[int]) -> StepTime:
        """Time of a step, after one to warm up."""
        self.take(numbers)
        taken: list[StepTime] = []
        began = time.perf_counter()
        while len(taken) < _STEPS and (not taken or time.perf_counter() - began < _ENOUGH_SECONDS):
            start, start_processor = time.perf_counter(), time.process_time()
            self.take(numbers)
            taken.append(StepTime(time.perf_counter() - start, time.process_time() - start_processor))
        return StepTime(min(step.seconds for step in taken), min(step.processor_seconds for step in taken))

    def forth_and_back(self, numbers: Sequence[int]) -> None:
        """The step without the optimiser's part."""
        self.forth(numbers).backward()  # type: ignore[no-untyped-call]

    def forth(self, numbers: Sequence[int]) -> Tensor:
        """The loss, which holds all that the way back needs."""
        return self._formulation.loss(numbers)

    def forget_gradients(self) -> None:
        """Give back the memory that the last step's gradients take."""
        self._optimizer.zero_grad(set_to_none=True)


def _steps(task: Task) -> TrainingSteps:
    torch.set_num_threads(task.threads)
    split = task.workload.split(task.setting)
    formulation = build(task.formulation, split, task.setting, task.workload.source(task.setting))
    steps = TrainingSteps(formulation, task.setting)
    limit_memory(task.allowed)
    return steps
