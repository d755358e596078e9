"""A split made ready for the model, and its batches: documents of like length together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from glre.candidates import CandidatePair, candidate_pairs
from glre.documents import Document
from glre.evaluation.gold import PairLabels, pair_labels
from glre.model.graph import DocumentGraph, GraphBatch, batch_graphs, document_graph
from glre.model.inputs import WordInputs
from glre.settings import CandidateRule

_POOL = 16
"""Batches that are drawn together and sorted by length; a larger pool pads less and shuffles less."""


@dataclass(frozen=True)
class Split:
    """The documents of a split with their candidate pairs, graphs, inputs and labels, in the split's order.

    The labels are for loss and metrics; the model never sees them.
    """

    documents: tuple[Document, ...]
    pairs: tuple[tuple[CandidatePair, ...], ...]
    graphs: tuple[DocumentGraph, ...]
    inputs: WordInputs
    labels: tuple[PairLabels, ...]

    def batch(self, numbers: Sequence[int]) -> "Batch":
        """These documents as one batch."""
        return Batch(
            numbers=tuple(numbers),
            inputs=self.inputs.take(numbers),
            graph=batch_graphs([self.graphs[number] for number in numbers]),
            gold=torch.from_numpy(np.concatenate([self.labels[number].gold for number in numbers]).astype(np.float32)),
            counted=torch.from_numpy(np.concatenate([self.labels[number].counted for number in numbers])),
        )


@dataclass(frozen=True)
class Batch:
    """Documents `numbers` of a split: inputs and graph for the model, gold `[pairs, relations]`, counted `[pairs]`."""

    numbers: tuple[int, ...]
    inputs: Tensor
    graph: GraphBatch
    gold: Tensor
    counted: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same batch on `device`."""
        if device.type == "cpu":
            return self
        inputs, gold, counted = (
            tensor.pin_memory().to(device, non_blocking=True) for tensor in (self.inputs, self.gold, self.counted)
        )
        return Batch(self.numbers, inputs, self.graph.to(device), gold, counted)


def make_split(
    documents: Sequence[Document], inputs: WordInputs, rules: Sequence[CandidateRule], relations: Sequence[str]
) -> Split:
    """Candidate pairs, graphs and targets of `documents`."""
    pairs = tuple(candidate_pairs(document, rules) for document in documents)
    return Split(
        documents=tuple(documents),
        pairs=pairs,
        graphs=tuple(document_graph(document, found) for document, found in zip(documents, pairs, strict=True)),
        inputs=inputs,
        labels=tuple(pair_labels(document, found, relations) for document, found in zip(documents, pairs, strict=True)),
    )


def epoch_batches(split: Split, size: int, generator: np.random.Generator) -> Iterator[Batch]:
    """The documents that have candidate pairs, shuffled into batches of like length, each document once."""
    usable = np.array([number for number, pairs in enumerate(split.pairs) if pairs])
    order = generator.permutation(usable)
    batches = []
    for start in range(0, len(order), size * _POOL):
        pool = sorted(order[start : start + size * _POOL].tolist(), key=lambda number: split.graphs[number].words)
        batches += [pool[i : i + size] for i in range(0, len(pool), size)]
    for place in generator.permutation(len(batches)):
        yield split.batch(batches[place])


def ordered_batches(split: Split, size: int) -> Iterator[Batch]:
    """The documents that have candidate pairs, by length, each once."""
    usable = [number for number, pairs in enumerate(split.pairs) if pairs]
    usable.sort(key=lambda number: split.graphs[number].words)
    for start in range(0, len(usable), size):
        yield split.batch(usable[start : start + size])
