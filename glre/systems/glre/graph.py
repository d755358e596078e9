"""The document graph (section 3.2): mentions, entities, sentences and the five kinds of edges between them.

The edges are never listed as pairs of nodes where a group says the same: mentions of a sentence all touch each other,
so do the sentences of a document. What is kept grows with mentions and sentences, not with their squares.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document, Entity
from glre.encoding.tokenization.subword_batch import moved

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DocumentGraph:
    """One document's graph as index arrays, numbered from zero within the document."""

    words: int
    sentences: int
    sentence_of_word: Indices
    """`[words]`"""
    mention_words: Indices
    """Words of the mentions, one mention after the other `[mention words]`."""
    mention_of_word: Indices
    """The mention of each of `mention_words`."""
    entity_of_mention: Indices
    """`[mentions]`, ascending."""
    sentence_of_mention: Indices
    """`[mentions]`"""
    entity_sentence: Indices
    """Entity–sentence edges without repetition `[2, edges]`."""
    entities: int
    pairs: Indices
    """Head and tail entity of the candidate pairs `[2, pairs]`."""
    distance: Indices
    """Signed distances in words, first mention of the head to that of the tail `[pairs]`."""
    asked: Indices
    """The pairs whose relations are asked for `[asked]`, ascending; the others are context."""

    @property
    def mentions(self) -> int:
        """Number of mention nodes."""
        return len(self.entity_of_mention)


def document_graph(document: Document, pairs: Sequence[CandidatePair]) -> DocumentGraph:
    """Build the graph of `document`, all pairs asked for; it looks at spans and sentences only, never at facts."""
    offsets = document.sentence_offsets
    lengths = [len(sentence.words) for sentence in document.sentences]
    mentions = [(number, mention) for number, entity in enumerate(document.entities) for mention in entity.mentions]
    spans = [
        np.arange(offsets[mention.sentence] + mention.start, offsets[mention.sentence] + mention.end)
        for _, mention in mentions
    ]
    entity_sentence = sorted({(number, mention.sentence) for number, mention in mentions})
    heads, tails = [pair.head for pair in pairs], [pair.tail for pair in pairs]
    first = np.array([_first_word(entity, offsets) for entity in document.entities], dtype=np.int64)
    return DocumentGraph(
        words=sum(lengths),
        sentences=len(lengths),
        sentence_of_word=np.repeat(np.arange(len(lengths)), lengths),
        mention_words=_concatenated(spans),
        mention_of_word=np.repeat(np.arange(len(spans)), [len(span) for span in spans]).astype(np.int64),
        entity_of_mention=np.array([number for number, _ in mentions], dtype=np.int64),
        sentence_of_mention=np.array([mention.sentence for _, mention in mentions], dtype=np.int64),
        entity_sentence=np.array(entity_sentence, dtype=np.int64).reshape(-1, 2).T,
        entities=len(document.entities),
        pairs=np.array([heads, tails], dtype=np.int64),
        distance=first[tails] - first[heads] if pairs else np.zeros(0, dtype=np.int64),
        asked=np.arange(len(pairs)),
    )


@dataclass(frozen=True, slots=True)
class MentionGroup:
    """Entities with a like number of mentions, in one document: a table of mentions with room for the longest.

    `entities [n]` and `mentions [n, slots]` are numbered within the batch; `filled [n, slots]` says which slots hold
    a mention. Slots are a power of two, so that less than half of them are empty.
    """

    entities: Tensor
    mentions: Tensor
    filled: Tensor


@dataclass(frozen=True, slots=True)
class DocumentSlice:
    """Where one document's entities, pairs and asked pairs lie in a batch, and its mentions grouped by entity."""

    entities: slice
    pairs: slice
    asked: slice
    groups: tuple[MentionGroup, ...]


@dataclass(frozen=True, slots=True)
class GraphBatch:
    """The graphs of several documents as one graph without edges between them. Index tensors are int64."""

    word_counts: tuple[int, ...]
    padded_position: Tensor
    """Row of each word in a `[documents × longest]` table."""
    reversed_position: Tensor
    """The same with every document's words in reverse order."""
    sentence_of_word: Tensor
    mention_words: Tensor
    mention_of_word: Tensor
    entity_of_mention: Tensor
    sentence_of_mention: Tensor
    document_of_sentence: Tensor
    entity_sentence: Tensor
    pairs: Tensor
    distance: Tensor
    asked: Tensor
    """The pairs, by their place among `pairs`, that get logits."""
    documents: tuple[DocumentSlice, ...]
    mentions: int
    entities: int
    sentences: int

    def to(self, device: torch.device) -> "GraphBatch":
        """The same batch on `device`, copied without waiting where the memory is pinned."""
        if device.type == "cpu":
            return self
        return replace(self, **{field.name: _moved(getattr(self, field.name), device) for field in fields(self)})


def batch_graphs(graphs: Sequence[DocumentGraph]) -> GraphBatch:
    """Put the graphs of several documents side by side."""
    longest = max(graph.words for graph in graphs)
    words = _starts([graph.words for graph in graphs])
    mentions = _starts([graph.mentions for graph in graphs])
    entities = _starts([graph.entities for graph in graphs])
    sentences = _starts([graph.sentences for graph in graphs])
    pairs = _starts([graph.pairs.shape[1] for graph in graphs])
    asked = _starts([len(graph.asked) for graph in graphs])

    def joined(name: str, starts: Sequence[int]) -> Tensor:
        arrays = [getattr(graph, name) + start for graph, start in zip(graphs, starts, strict=False)]
        return torch.from_numpy(np.concatenate(arrays, axis=-1))

    rows = range(0, longest * len(graphs), longest)
    entity_sentence = [
        graph.entity_sentence + np.array([[entity], [sentence]])
        for graph, entity, sentence in zip(graphs, entities, sentences, strict=False)
    ]
    return GraphBatch(
        word_counts=tuple(graph.words for graph in graphs),
        padded_position=_joined([np.arange(g.words) + row for g, row in zip(graphs, rows, strict=True)]),
        reversed_position=_joined([np.arange(g.words)[::-1] + row for g, row in zip(graphs, rows, strict=True)]),
        sentence_of_word=joined("sentence_of_word", sentences),
        mention_words=joined("mention_words", words),
        mention_of_word=joined("mention_of_word", mentions),
        entity_of_mention=joined("entity_of_mention", entities),
        sentence_of_mention=joined("sentence_of_mention", sentences),
        document_of_sentence=torch.from_numpy(np.repeat(np.arange(len(graphs)), [g.sentences for g in graphs])),
        entity_sentence=torch.from_numpy(np.concatenate(entity_sentence, axis=1)),
        pairs=joined("pairs", entities),
        distance=_joined([graph.distance for graph in graphs]),
        asked=joined("asked", pairs),
        documents=tuple(
            DocumentSlice(
                entities=slice(entities[i], entities[i + 1]),
                pairs=slice(pairs[i], pairs[i + 1]),
                asked=slice(asked[i], asked[i + 1]),
                groups=_mention_groups(graph, entities[i], mentions[i]),
            )
            for i, graph in enumerate(graphs)
        ),
        mentions=mentions[-1],
        entities=entities[-1],
        sentences=sentences[-1],
    )


def _mention_groups(graph: DocumentGraph, first_entity: int, first_mention: int) -> tuple[MentionGroup, ...]:
    counts = np.bincount(graph.entity_of_mention, minlength=graph.entities)
    starts = np.cumsum(counts) - counts
    slots_of_entity = 2 ** np.ceil(np.log2(np.maximum(counts, 1))).astype(np.int64)
    groups = []
    for slots in np.unique(slots_of_entity):
        members = np.flatnonzero(slots_of_entity == slots)
        filled = np.arange(slots) < counts[members, None]
        mentions = np.where(filled, starts[members, None] + np.arange(slots), starts[members, None])
        groups.append(
            MentionGroup(
                torch.from_numpy(members + first_entity),
                torch.from_numpy(mentions + first_mention),
                torch.from_numpy(filled),
            )
        )
    return tuple(groups)


def _first_word(entity: Entity, offsets: Sequence[int]) -> int:
    return min(offsets[mention.sentence] + mention.start for mention in entity.mentions)


def _starts(counts: Sequence[int]) -> list[int]:
    return [0, *np.cumsum(counts).tolist()]


def _concatenated(arrays: Sequence[Indices]) -> Indices:
    return np.concatenate(arrays).astype(np.int64) if arrays else np.zeros(0, dtype=np.int64)


def _joined(arrays: Sequence[Indices]) -> Tensor:
    return torch.from_numpy(_concatenated(arrays))


def _moved(value: Any, device: torch.device) -> Any:
    if isinstance(value, Tensor):
        return moved(value, device)
    if isinstance(value, tuple) and value and not isinstance(value[0], int):
        return tuple(_moved(part, device) for part in value)
    if isinstance(value, DocumentSlice):
        return replace(value, groups=_moved(value.groups, device))
    if isinstance(value, MentionGroup):
        return MentionGroup(*(_moved(part, device) for part in (value.entities, value.mentions, value.filled)))
    return value
