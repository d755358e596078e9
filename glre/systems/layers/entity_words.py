"""The words of a document's entities, and scores of its pairs from them: what BRAN's scorer reads and gives."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from glre.systems.layers.biaffine_scorer import BiaffineScorer
from glre.systems.layers.bilstm import Padding, padding
from glre.systems.layout import Indices, Layout, LayoutBatch, concatenated


@dataclass(frozen=True, slots=True)
class EntityWords:
    """The words of each entity, a word once for an entity: the word and the entity of each `[entity words]`."""

    word: Indices
    entity: Indices


@dataclass(frozen=True, slots=True)
class EntityWordsBatch:
    """The same of several documents: words numbered through the batch, entities within their document."""

    layout: LayoutBatch
    padding: Padding
    word: Tensor
    entity: Tensor
    counts: tuple[int, ...]
    """Entity words of each document."""


def entity_words(layout: Layout) -> EntityWords:
    """A document's entity words, by entity and then in the text's order."""
    entity_of_word = layout.entity_of_mention[layout.mention_of_word]
    entity, word = np.unique(np.stack([entity_of_word, layout.mention_words]), axis=1)
    return EntityWords(word, entity)


def batch_entity_words(prepared: Sequence[EntityWords], batch: LayoutBatch) -> EntityWordsBatch:
    """The entity words of several documents, one document after the other."""
    words = [own.word + document.words.start for own, document in zip(prepared, batch.documents, strict=True)]
    return EntityWordsBatch(
        layout=batch,
        padding=padding(batch.word_counts),
        word=torch.from_numpy(concatenated(words)),
        entity=torch.from_numpy(concatenated([own.entity for own in prepared])),
        counts=tuple(len(own.word) for own in prepared),
    )


def word_layers(inputs: int, hidden: int, dropout: float) -> nn.Module:
    """What makes a word's u, or its v, before it is scored."""
    return nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.Dropout(dropout))


def entity_scores(u: Tensor, v: Tensor, batch: EntityWordsBatch, scorer: BiaffineScorer) -> Tensor:
    """u and v of all entity words `[entity words, hidden]` → logits `[asked, relations]`."""
    counts = list(batch.counts)
    heads, tails, entities_of = (torch.split(of, counts) for of in (u, v, batch.entity))
    found = []
    for place, document in enumerate(batch.layout.documents):
        first, entities = document.entities.start, document.entities.stop - document.entities.start
        head, tail = batch.layout.pairs.index_select(1, batch.layout.asked[document.asked]) - first
        scores = scorer(heads[place], tails[place], entities_of[place], entities)
        found.append(scores[head, :, tail])
    return torch.cat(found)
