"""BRAN's scorer (Verga et al., "Simultaneously Self-Attending to All Mentions …", NAACL 2018) behind our word states.

Departures from the paper: an encoder's words, read by a BiLSTM, in the place of its own blocks of attention and
convolutions over subwords; words of mentions instead of subwords; a probability for each relation by itself, as all
systems here have it, in the place of a softmax over one relation and none; no loss of tagging entities.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from glre.documents.document import Document
from glre.systems.biaffine.settings import BiaffineSettings
from glre.systems.layers.biaffine_scorer import BiaffineScorer
from glre.systems.layers.bilstm import BiLSTM, Padding, padding
from glre.systems.layout import Indices, Layout, LayoutBatch, concatenated
from glre.systems.network import Network


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


class Biaffine(Network[EntityWords, EntityWordsBatch]):
    """Vectors of words → a logit for each asked pair and relation: the log-sum-exp over the words of both entities.

    It tells nothing of where it looks.
    """

    def __init__(self, width: int, relations: int, settings: BiaffineSettings) -> None:
        super().__init__()
        self.dropout = nn.Dropout(settings.encoder_dropout)
        self.bilstm = BiLSTM(width, settings.lstm) if settings.lstm else None
        inputs = 2 * settings.lstm or width
        self.head, self.tail = (_word_layers(inputs, settings) for _ in range(2))
        self.scorer = BiaffineScorer(settings.hidden, relations)

    @classmethod
    def prepare(cls, document: Document, layout: Layout) -> EntityWords:
        """The document's entity words, by entity and then in the text's order."""
        del document
        entity_of_word = layout.entity_of_mention[layout.mention_of_word]
        entity, word = np.unique(np.stack([entity_of_word, layout.mention_words]), axis=1)
        return EntityWords(word, entity)

    @classmethod
    def collate(
        cls, prepared: Sequence[EntityWords], layouts: Sequence[Layout], batch: LayoutBatch
    ) -> EntityWordsBatch:
        """The entity words of several documents, one document after the other."""
        del layouts
        words = [own.word + document.words.start for own, document in zip(prepared, batch.documents, strict=True)]
        return EntityWordsBatch(
            layout=batch,
            padding=padding(batch.word_counts),
            word=torch.from_numpy(concatenated(words)),
            entity=torch.from_numpy(concatenated([own.entity for own in prepared])),
            counts=tuple(len(own.word) for own in prepared),
        )

    def encode(self, words: Tensor, batch: EntityWordsBatch) -> Tensor:
        """Vectors of words `[words, width]` → `[words, 2 · lstm]`, or as wide as they were without a BiLSTM."""
        words = self.dropout(words)
        if self.bilstm is not None:
            words = self.bilstm(words, batch.padding)
        return words

    def relate(self, words: Tensor, batch: EntityWordsBatch) -> Tensor:
        """What `encode` gave → logits `[asked, relations]`."""
        own, counts = words.index_select(0, batch.word), list(batch.counts)
        heads, tails, entities_of = (torch.split(of, counts) for of in (self.head(own), self.tail(own), batch.entity))
        found = []
        for place, document in enumerate(batch.layout.documents):
            first, entities = document.entities.start, document.entities.stop - document.entities.start
            head, tail = batch.layout.pairs.index_select(1, batch.layout.asked[document.asked]) - first
            scores = self.scorer(heads[place], tails[place], entities_of[place], entities)
            found.append(scores[head, :, tail])
        return torch.cat(found)


def _word_layers(inputs: int, settings: BiaffineSettings) -> nn.Module:
    return nn.Sequential(
        nn.Linear(inputs, settings.hidden),
        nn.ReLU(),
        nn.Linear(settings.hidden, settings.hidden),
        nn.Dropout(settings.scorer_dropout),
    )
