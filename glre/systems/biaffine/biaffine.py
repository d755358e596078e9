"""BRAN's scorer (Verga et al., "Simultaneously Self-Attending to All Mentions …", NAACL 2018) behind our word states.

Departures from the paper: an encoder's words, read by a BiLSTM, in the place of its own blocks of attention and
convolutions over subwords; words of mentions instead of subwords; a probability for each relation by itself, as all
systems here have it, in the place of a softmax over one relation and none; no loss of tagging entities.
"""

from collections.abc import Sequence

from torch import Tensor, nn

from glre.documents.document import Document
from glre.systems.biaffine.settings import BiaffineSettings
from glre.systems.layers.biaffine_scorer import BiaffineScorer
from glre.systems.layers.bilstm import BiLSTM
from glre.systems.layers.entity_words import (
    EntityWords,
    EntityWordsBatch,
    batch_entity_words,
    entity_scores,
    entity_words,
    word_layers,
)
from glre.systems.layout import Layout, LayoutBatch
from glre.systems.network import Network


class Biaffine(Network[EntityWords, EntityWordsBatch]):
    """Vectors of words → a logit for each asked pair and relation: the log-sum-exp over the words of both entities.

    It tells nothing of where it looks.
    """

    def __init__(self, width: int, relations: int, settings: BiaffineSettings) -> None:
        super().__init__()
        self.dropout = nn.Dropout(settings.encoder_dropout)
        self.bilstm = BiLSTM(width, settings.lstm) if settings.lstm else None
        inputs = 2 * settings.lstm or width
        self.head, self.tail = (word_layers(inputs, settings.hidden, settings.scorer_dropout) for _ in range(2))
        self.scorer = BiaffineScorer(settings.hidden, relations)

    @classmethod
    def prepare(cls, document: Document, layout: Layout) -> EntityWords:
        """The document's entity words, by entity and then in the text's order."""
        del document
        return entity_words(layout)

    @classmethod
    def collate(
        cls, prepared: Sequence[EntityWords], layouts: Sequence[Layout], batch: LayoutBatch
    ) -> EntityWordsBatch:
        """The entity words of several documents, one document after the other."""
        del layouts
        return batch_entity_words(prepared, batch)

    def encode(self, words: Tensor, batch: EntityWordsBatch) -> Tensor:
        """Vectors of words `[words, width]` → `[words, 2 · lstm]`, or as wide as they were without a BiLSTM."""
        words = self.dropout(words)
        if self.bilstm is not None:
            words = self.bilstm(words, batch.padding)
        return words

    def relate(self, words: Tensor, batch: EntityWordsBatch) -> Tensor:
        """What `encode` gave → logits `[asked, relations]`."""
        own = words.index_select(0, batch.word)
        return entity_scores(self.head(own), self.tail(own), batch, self.scorer)
