"""The document graph (section 3.2): mentions, entities, sentences and the five kinds of edges between them.

The edges are never listed as pairs of nodes where a group says the same: mentions of a sentence all touch each other,
so do the sentences of a document. What is kept grows with mentions and sentences, not with their squares.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from glre.systems.layers.bilstm import Padding, padding
from glre.systems.layout import Indices, Layout, LayoutBatch


def entity_sentence_edges(layout: Layout) -> Indices:
    """Entity–sentence edges of one document without repetition `[2, edges]`, by entity and then by sentence."""
    return np.unique(np.stack([layout.entity_of_mention, layout.sentence_of_mention]), axis=1)


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
class GraphBatch:
    """The graphs of several documents as one graph without edges between them. Index tensors are int64."""

    layout: LayoutBatch
    padding: Padding
    """Of the documents' words, for the BiLSTM."""
    entity_sentence: Tensor
    """Entity–sentence edges `[2, edges]`."""
    groups: tuple[tuple[MentionGroup, ...], ...]
    """Each document's mentions grouped by entity."""


def batch_graphs(edges: Sequence[Indices], layouts: Sequence[Layout], batch: LayoutBatch) -> GraphBatch:
    """Put the graphs of several documents side by side; `edges` are each one's entity–sentence edges."""
    shifted = [
        own + np.array([[document.entities.start], [document.sentences.start]])
        for own, document in zip(edges, batch.documents, strict=True)
    ]
    return GraphBatch(
        layout=batch,
        padding=padding(batch.word_counts),
        entity_sentence=torch.from_numpy(np.concatenate(shifted, axis=1)),
        groups=tuple(
            _mention_groups(layout, document.entities.start, document.mentions.start)
            for layout, document in zip(layouts, batch.documents, strict=True)
        ),
    )


def _mention_groups(layout: Layout, first_entity: int, first_mention: int) -> tuple[MentionGroup, ...]:
    counts = np.bincount(layout.entity_of_mention, minlength=layout.entities)
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
