"""The places of a document's edges (section 2.2): between which of its mentions, entities and sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from glre.systems.layers.bilstm import Padding, padding
from glre.systems.layout import Indices, Layout, LayoutBatch


@dataclass(frozen=True, slots=True)
class EdgePlaces:
    """One document's edges by the numbers, within the document, of what they join; both ways where types are the same.

    Mentions and their entities are in the layout already, mentions and their sentences too.
    """

    sentence_words: Indices
    """Words of each sentence `[sentences]`."""
    mention_pairs: Indices
    """Mentions of the same sentence `[2, MM]`."""
    mention_distance: Indices
    """Signed distance in words between their first words `[MM]`."""
    around: Indices
    """Each mention with every word of its sentence that is not its own `[2, mention words around]`."""
    entity_sentence: Indices
    """`[2, ES]`"""
    sentence_pairs: Indices
    """`[2, SS]`"""


@dataclass(frozen=True, slots=True)
class EdgeTensors:
    """The same as tensors, and the layout's part in it, numbered within the document."""

    mention_pairs: Tensor
    mention_distance: Tensor
    around: Tensor
    entity_sentence: Tensor
    sentence_pairs: Tensor
    entity_of_mention: Tensor
    sentence_of_mention: Tensor


@dataclass(frozen=True, slots=True)
class EOGBatch:
    """Several documents: their layout, the padding of their sentences, the edges of each."""

    layout: LayoutBatch
    padding: Padding
    edges: tuple[EdgeTensors, ...]


def edge_places(layout: Layout) -> EdgePlaces:
    """The edges of one document."""
    sentences = np.arange(layout.sentences)
    words = np.arange(layout.words)
    first = layout.mention_words[np.flatnonzero(np.diff(layout.mention_of_word, prepend=-1))]
    mention_pairs = _different(layout.sentence_of_mention[:, None] == layout.sentence_of_mention)
    outside = layout.sentence_of_mention[:, None] == layout.sentence_of_word[words]
    outside[layout.mention_of_word, layout.mention_words] = False
    return EdgePlaces(
        sentence_words=np.bincount(layout.sentence_of_word, minlength=layout.sentences),
        mention_pairs=mention_pairs,
        mention_distance=first[mention_pairs[1]] - first[mention_pairs[0]],
        around=np.stack(np.nonzero(outside)),
        entity_sentence=np.unique(np.stack([layout.entity_of_mention, layout.sentence_of_mention]), axis=1),
        sentence_pairs=_different(np.ones((len(sentences), len(sentences)), dtype=np.bool_)),
    )


def batch_edges(prepared: Sequence[EdgePlaces], layouts: Sequence[Layout], batch: LayoutBatch) -> EOGBatch:
    """Several documents together."""
    return EOGBatch(
        layout=batch,
        padding=padding([int(words) for places in prepared for words in places.sentence_words]),
        edges=tuple(
            EdgeTensors(
                mention_pairs=torch.from_numpy(places.mention_pairs),
                mention_distance=torch.from_numpy(places.mention_distance),
                around=torch.from_numpy(places.around),
                entity_sentence=torch.from_numpy(places.entity_sentence),
                sentence_pairs=torch.from_numpy(places.sentence_pairs),
                entity_of_mention=torch.from_numpy(layout.entity_of_mention),
                sentence_of_mention=torch.from_numpy(layout.sentence_of_mention),
            )
            for places, layout in zip(prepared, layouts, strict=True)
        ),
    )


def _different(joined: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]") -> Indices:
    """The pairs of different ones that are joined `[2, pairs]`."""
    return np.stack(np.nonzero(joined & ~np.eye(len(joined), dtype=np.bool_)))
