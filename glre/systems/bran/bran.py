"""BRAN: "Simultaneously Self-Attending to All Mentions for Full-Abstract Biological Relation Extraction" (NAACL 2018).

Sections 2.2 (`block`), 2.3 (`BiaffineScorer`) and 2.4 (`tags`) of Verga, Strubell and McCallum.

Departures: words of any source in the place of learned subwords, none of them dropped to an unknown one; each relation
by itself, as all systems here have it, in the place of a softmax over one and none; tagging is learned in every step,
from the documents that pairs are of; related pairs weigh more instead of being drawn more often; no noise on gradients;
the moving average of the weights is a shorter one, which needs no time to warm up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from glre.documents.document import Document
from glre.systems.bran.block import Encoder
from glre.systems.bran.settings import BRANSettings
from glre.systems.bran.tags import TAGS, word_tags
from glre.systems.layers.biaffine_scorer import BiaffineScorer
from glre.systems.layers.entity_words import (
    EntityWords,
    EntityWordsBatch,
    batch_entity_words,
    entity_scores,
    entity_words,
    word_layers,
)
from glre.systems.layers.pooling import segment_mean
from glre.systems.layout import Indices, Layout, LayoutBatch, concatenated, document_of_rows
from glre.systems.network import Network


@dataclass(frozen=True, slots=True)
class TaggedWords:
    """A document's entity words, and the tags of all its words."""

    entities: EntityWords
    tags: Indices


@dataclass(frozen=True, slots=True)
class BRANBatch:
    """The same of several documents; the document of each word and of each asked pair."""

    entities: EntityWordsBatch
    tags: Tensor
    document_of_word: Tensor
    document_of_asked: Tensor


class BRAN(Network[TaggedWords, BRANBatch]):
    """Vectors of words → for each asked pair a logit of each relation, and last the tagging loss of its document.

    That loss is made in training alone, zero otherwise. It tells nothing of where it looks.
    """

    def __init__(self, width: int, relations: int, settings: BRANSettings) -> None:
        super().__init__()
        self.dropout = nn.Dropout(settings.word_dropout)
        sizes = (settings.hidden, settings.positions, settings.blocks, settings.heads, settings.hidden_dropout)
        self.encoder = Encoder(width, *sizes)
        self.head, self.tail = (
            word_layers(settings.hidden, settings.hidden, settings.scorer_dropout) for _ in range(2)
        )
        self.scorer = BiaffineScorer(settings.hidden, relations)
        self.tagger = nn.Linear(settings.hidden, TAGS)
        self.tagging_weight = settings.tagging_weight
        self.positive_weight = settings.positive_weight

    @classmethod
    def prepare(cls, document: Document, layout: Layout) -> TaggedWords:
        """The document's entity words and tags."""
        return TaggedWords(entity_words(layout), word_tags(document))

    @classmethod
    def collate(cls, prepared: Sequence[TaggedWords], layouts: Sequence[Layout], batch: LayoutBatch) -> BRANBatch:
        """Those of several documents, one document after the other."""
        return BRANBatch(
            entities=batch_entity_words([own.entities for own in prepared], batch),
            tags=torch.from_numpy(concatenated([own.tags for own in prepared])),
            document_of_word=document_of_rows(batch.word_counts),
            document_of_asked=document_of_rows([len(layout.asked) for layout in layouts]),
        )

    def encode(self, words: Tensor, batch: BRANBatch) -> Tensor:
        """Vectors of words `[words, width]` → `[words, hidden]`."""
        encoded: Tensor = self.encoder(self.dropout(words), batch.entities.padding)
        return encoded

    def relate(self, words: Tensor, batch: BRANBatch) -> Tensor:
        """What `encode` gave → `[asked, relations + 1]`: logits, and the tagging loss of the pair's document."""
        own = words.index_select(0, batch.entities.word)
        scores = entity_scores(self.head(own), self.tail(own), batch.entities, self.scorer)
        return torch.cat([scores, self._tagging_loss(words, batch)], dim=1)

    def loss(self, logits: Tensor, gold: Tensor) -> Tensor:
        """Binary cross-entropy, related pairs weighted, and the weighted tagging loss: `[asked]`."""
        weight = torch.full_like(gold[0], self.positive_weight) if len(gold) else None
        scores = logits[:, :-1]
        own = functional.binary_cross_entropy_with_logits(scores, gold, reduction="none", pos_weight=weight)
        return own.sum(dim=1) + self.tagging_weight * logits[:, -1]

    def probabilities(self, logits: Tensor) -> Tensor:
        """The sigmoid of the relations' logits."""
        return logits[:, :-1].sigmoid()

    def _tagging_loss(self, words: Tensor, batch: BRANBatch) -> Tensor:
        """The mean over its document's words for each asked pair `[asked, 1]`."""
        if not self.training:
            return words.new_zeros(len(batch.document_of_asked), 1)
        losses = functional.cross_entropy(self.tagger(words), batch.tags, reduction="none")
        of_documents = segment_mean(losses.unsqueeze(1), batch.document_of_word, len(batch.entities.counts))
        return of_documents.index_select(0, batch.document_of_asked)
