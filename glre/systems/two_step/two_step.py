"""Two-step BERT: "Fine-tune Bert for DocRED with Two-step Process" (Wang, Focke, Sylvester, Mishra, Wang, 2019).

The first step says whether two entities are related at all, the second, trained on related pairs alone, how. With a
single relation the first is the system.

Departures: both steps read the same words, which with a fine-tuned encoder is one encoder where the authors train two;
with a frozen one and no BiLSTM it is no difference. A word is the mean of its subwords, not the first, and no document
is cut. Every N/A pair is trained on that the settings ask for, where the authors draw three for each related pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from glre.documents.document import Document
from glre.systems.layers.bilstm import BiLSTM, Padding, padding
from glre.systems.layers.nodes import entity_means
from glre.systems.layers.pair_bilinear import PairBilinear
from glre.systems.layout import Layout, LayoutBatch
from glre.systems.network import Network
from glre.systems.two_step.settings import TwoStepSettings


class Step(nn.Module):
    """Words by a linear layer without activation; entities, the means of their mentions, under a bilinear form."""

    def __init__(self, inputs: int, outputs: int, settings: TwoStepSettings) -> None:
        super().__init__()
        self.words = nn.Sequential(nn.Linear(inputs, settings.hidden), nn.Dropout(settings.dropout))
        self.scores = PairBilinear(settings.hidden, settings.distance, settings.distance_bins, outputs)

    def forward(self, words: Tensor, layout: LayoutBatch) -> Tensor:
        """`[words, inputs]` → `[asked, outputs]`."""
        scores: Tensor = self.scores(entity_means(self.words(words), layout), layout, layout.asked)
        return scores


@dataclass(frozen=True, slots=True)
class TwoStepBatch:
    """The layout of several documents, and the padding of their words for the BiLSTM."""

    layout: LayoutBatch
    padding: Padding


class TwoStep(Network[None, TwoStepBatch]):
    """Vectors of words → for each asked pair a logit of being related, and, of several relations, one of each.

    It tells nothing of where it looks.
    """

    def __init__(self, width: int, relations: int, settings: TwoStepSettings) -> None:
        super().__init__()
        self.dropout = nn.Dropout(settings.encoder_dropout)
        self.bilstm = BiLSTM(width, settings.lstm) if settings.lstm else None
        inputs = 2 * settings.lstm or width
        self.related = Step(inputs, 1, settings)
        self.relations = Step(inputs, relations, settings) if relations > 1 else None

    @classmethod
    def prepare(cls, document: Document, layout: Layout) -> None:
        """Nothing beside the layout."""
        del document, layout

    @classmethod
    def collate(cls, prepared: Sequence[None], layouts: Sequence[Layout], batch: LayoutBatch) -> TwoStepBatch:
        """The layouts are all it takes."""
        del prepared, layouts
        return TwoStepBatch(batch, padding(batch.word_counts))

    def encode(self, words: Tensor, batch: TwoStepBatch) -> Tensor:
        """Vectors of words `[words, width]` → `[words, 2 · lstm]`, or as wide as they were without a BiLSTM."""
        words = self.dropout(words)
        if self.bilstm is not None:
            words = self.bilstm(words, batch.padding)
        return words

    def relate(self, words: Tensor, batch: TwoStepBatch) -> Tensor:
        """What `encode` gave → logits `[asked, 1]`, or `[asked, 1 + relations]` of several relations."""
        steps = [self.related] if self.relations is None else [self.related, self.relations]
        return torch.cat([step(words, batch.layout) for step in steps], dim=1)

    def loss(self, logits: Tensor, gold: Tensor) -> Tensor:
        """Binary cross-entropy of the first step, and that of the second where there is a relation, `[asked]`."""
        related = gold.amax(dim=1)
        first = functional.binary_cross_entropy_with_logits(logits[:, 0], related, reduction="none")
        if self.relations is None:
            return first
        second = functional.binary_cross_entropy_with_logits(logits[:, 1:], gold, reduction="none").sum(dim=1)
        return first + related * second

    def probabilities(self, logits: Tensor) -> Tensor:
        """Those of the second step, zeros where the first rejects the pair; of one relation those of the first."""
        if self.relations is None:
            return logits.sigmoid()
        return logits[:, 1:].sigmoid() * (logits[:, :1] > 0)
