"""Documents made ready for a system, and their batches: in steps that fit memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from glre.documents.candidates import CandidatePair, candidate_pairs
from glre.documents.document import Document
from glre.encoding.tokenization.subword_batch import SubwordBatch
from glre.encoding.word_inputs import WordInputs
from glre.evaluation.gold import PairLabels, pair_labels
from glre.settings import CandidateRule
from glre.systems.layout import DocumentSlice, Layout, batch_layouts, document_layout, on_device
from glre.systems.network import AnyNetwork


@dataclass(frozen=True)
class Split:
    """The documents of a split with their candidate pairs, layouts, inputs and labels, in the split's order.

    `prepared` is what the system `network` made of each document. The labels are for loss and metrics; the network
    never sees them.
    """

    network: type[AnyNetwork]
    documents: tuple[Document, ...]
    pairs: tuple[tuple[CandidatePair, ...], ...]
    layouts: tuple[Layout, ...]
    prepared: tuple[Any, ...]
    inputs: WordInputs
    labels: tuple[PairLabels, ...]

    def batch(self, numbers: Sequence[int]) -> "Batch":
        """These documents as one batch."""
        layouts = [self.layouts[number] for number in numbers]
        gold = [self.labels[number].gold[layout.asked] for number, layout in zip(numbers, layouts, strict=True)]
        layout = batch_layouts(layouts)
        return Batch(
            documents=layout.documents,
            inputs=self.inputs.take(numbers),
            collated=self.network.collate([self.prepared[number] for number in numbers], layouts, layout),
            gold=torch.from_numpy(np.concatenate(gold).astype(np.float32)),
            counted=torch.from_numpy(np.concatenate([self._counted(number) for number in numbers])),
        )

    def counted(self, numbers: Iterable[int]) -> int:
        """How many pairs of these documents take part in the loss."""
        return sum(int(self._counted(number).sum()) for number in numbers)

    @property
    def asked(self) -> list[int]:
        """The documents that have a pair whose relations are asked for."""
        return [number for number, layout in enumerate(self.layouts) if len(layout.asked)]

    def _counted(self, number: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        return self.labels[number].counted[self.layouts[number].asked]


@dataclass(frozen=True)
class Batch:
    """Some documents of a split: inputs of their words, what the network collated, and, not for the network, labels.

    `documents` say where the rows of each lie; gold is `[asked, relations]`, counted `[asked]`.
    """

    documents: tuple[DocumentSlice, ...]
    inputs: Tensor | SubwordBatch
    collated: Any
    gold: Tensor
    counted: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same batch on `device`, copied without waiting where that is a GPU."""
        return on_device(self, device)


@dataclass(frozen=True, slots=True)
class StepLimits:
    """What goes through the model at once: at most so many documents, words (padding counted) and pairs.

    A document that is larger than that goes alone.
    """

    documents: int
    words: int
    pairs: int


def make_split(
    network: type[AnyNetwork],
    documents: Sequence[Document],
    inputs: WordInputs,
    rules: Sequence[CandidateRule],
    relations: Sequence[str],
) -> Split:
    """Candidate pairs, layouts and labels of `documents`, and what the network prepares of each."""
    pairs = tuple(candidate_pairs(document, rules) for document in documents)
    layouts = tuple(document_layout(document, found) for document, found in zip(documents, pairs, strict=True))
    return Split(
        network=network,
        documents=tuple(documents),
        pairs=pairs,
        layouts=layouts,
        prepared=tuple(network.prepare(document, layout) for document, layout in zip(documents, layouts, strict=True)),
        inputs=inputs,
        labels=tuple(pair_labels(document, found, relations) for document, found in zip(documents, pairs, strict=True)),
    )


def steps(split: Split, numbers: Iterable[int], limits: StepLimits) -> Iterator[list[int]]:
    """These documents, in their order, cut where another one would go beyond the limits."""
    step: list[int] = []
    longest = pairs = 0
    for number in numbers:
        layout = split.layouts[number]
        longest, pairs = max(longest, layout.words), pairs + layout.pairs.shape[1]
        if step and (len(step) == limits.documents or longest * (len(step) + 1) > limits.words or pairs > limits.pairs):
            yield step
            step, longest, pairs = [], layout.words, layout.pairs.shape[1]
        step.append(number)
    if step:
        yield step


def ordered_steps(split: Split, numbers: Iterable[int], limits: StepLimits) -> Iterator[list[int]]:
    """Those of these documents that have asked pairs, by length, within the limits, each once."""
    usable = set(split.asked).intersection(numbers)
    return steps(split, sorted(usable, key=lambda number: (split.layouts[number].words, number)), limits)
