"""A split made ready for the model, and its batches: documents of like length together, in steps that fit memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from glre.documents.candidates import CandidatePair, candidate_pairs
from glre.documents.document import Document
from glre.encoding.tokenization.subword_batch import SubwordBatch, moved
from glre.encoding.word_inputs import WordInputs
from glre.evaluation.gold import PairLabels, pair_labels
from glre.settings import CandidateRule
from glre.systems.glre.graph import DocumentGraph, GraphBatch, batch_graphs, document_graph

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
        graphs = [self.graphs[number] for number in numbers]
        gold = [self.labels[number].gold[graph.asked] for number, graph in zip(numbers, graphs, strict=True)]
        return Batch(
            numbers=tuple(numbers),
            inputs=self.inputs.take(numbers),
            graph=batch_graphs(graphs),
            gold=torch.from_numpy(np.concatenate(gold).astype(np.float32)),
            counted=torch.from_numpy(np.concatenate([self._counted(number) for number in numbers])),
        )

    def counted(self, numbers: Iterable[int]) -> int:
        """How many pairs of these documents take part in the loss."""
        return sum(int(self._counted(number).sum()) for number in numbers)

    @property
    def asked(self) -> list[int]:
        """The documents that have a pair whose relations are asked for."""
        return [number for number, graph in enumerate(self.graphs) if len(graph.asked)]

    def _counted(self, number: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        return self.labels[number].counted[self.graphs[number].asked]


@dataclass(frozen=True)
class Batch:
    """Documents `numbers` of a split: inputs and graph for the model, gold `[asked, relations]`, counted `[asked]`."""

    numbers: tuple[int, ...]
    inputs: Tensor | SubwordBatch
    graph: GraphBatch
    gold: Tensor
    counted: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same batch on `device`."""
        if device.type == "cpu":
            return self
        gold, counted = moved(self.gold, device), moved(self.counted, device)
        inputs = moved(self.inputs, device) if isinstance(self.inputs, Tensor) else self.inputs.to(device)
        return Batch(self.numbers, inputs, self.graph.to(device), gold, counted)


@dataclass(frozen=True, slots=True)
class StepLimits:
    """What goes through the model at once: at most so many documents, words (padding counted) and pairs.

    A document that is larger than that goes alone.
    """

    documents: int
    words: int
    pairs: int


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


def epoch_batches(split: Split, size: int, generator: np.random.Generator) -> list[list[int]]:
    """The documents with asked pairs, by number, shuffled into batches of like length, each document once."""
    order = generator.permutation(np.array(split.asked, dtype=np.int64))
    batches = []
    for start in range(0, len(order), size * _POOL):
        pool = sorted(order[start : start + size * _POOL].tolist(), key=lambda number: split.graphs[number].words)
        batches += [pool[i : i + size] for i in range(0, len(pool), size)]
    return [batches[place] for place in generator.permutation(len(batches))]


def steps(split: Split, numbers: Iterable[int], limits: StepLimits) -> Iterator[list[int]]:
    """These documents, in their order, cut where another one would go beyond the limits."""
    step: list[int] = []
    longest = pairs = 0
    for number in numbers:
        graph = split.graphs[number]
        longest, pairs = max(longest, graph.words), pairs + graph.pairs.shape[1]
        if step and (len(step) == limits.documents or longest * (len(step) + 1) > limits.words or pairs > limits.pairs):
            yield step
            step, longest, pairs = [], graph.words, graph.pairs.shape[1]
        step.append(number)
    if step:
        yield step


def ordered_steps(split: Split, numbers: Iterable[int], limits: StepLimits) -> Iterator[list[int]]:
    """Those of these documents that have asked pairs, by length, within the limits, each once."""
    usable = set(split.asked).intersection(numbers)
    return steps(split, sorted(usable, key=lambda number: (split.graphs[number].words, number)), limits)
