"""DocRED's baselines: "DocRED: A Large-Scale Document-Level Relation Extraction Dataset" (Yao et al., ACL 2019).

`reader` says which of CNN, LSTM and BiLSTM; Context-aware (Sorokin and Gurevych 2017) is a BiLSTM with `context_aware`.

Departures: words of any source; entities are numbered by their first mentions, since their order in a file can tell
the relations; types are hashed to numbers; no document is cut; a linear layer behind the CNN as behind the others;
LSTMs start from zeros, not from learned states; none is no label of its own, since it is what no relation is.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from glre.documents.document import Document
from glre.systems.layers.entity_types import TYPES
from glre.systems.layers.nodes import entity_means
from glre.systems.layers.pair_bilinear import PairBilinear
from glre.systems.layout import Layout, LayoutBatch
from glre.systems.network import Network
from glre.systems.yao.entities_of_words import EntitiesOfWords, YaoBatch, batch_entities, entities_of_words
from glre.systems.yao.readers import Reader
from glre.systems.yao.settings import YaoSettings


class Yao(Network[EntitiesOfWords, YaoBatch]):
    """Vectors of words → a logit for each asked pair and relation: entities, means of mentions, under a bilinear form.

    It tells nothing of where it looks.
    """

    def __init__(self, width: int, relations: int, settings: YaoSettings) -> None:
        super().__init__()
        self.numbers = nn.Embedding(settings.entity_numbers + 1, settings.entity_number)
        self.types = nn.Embedding(TYPES + 1, settings.entity_type)
        self.dropout = nn.Dropout(settings.input_dropout)
        self.reader = Reader(width + settings.entity_number + settings.entity_type, settings)
        outputs = settings.hidden if settings.context_aware else relations
        self.pairs = PairBilinear(settings.hidden, settings.distance, settings.distance_bins, outputs)
        self.context = OtherPairs(settings.hidden, relations) if settings.context_aware else None

    @classmethod
    def prepare(cls, document: Document, layout: Layout) -> EntitiesOfWords:
        """Numbers and types of the words' entities."""
        del layout
        return entities_of_words(document)

    @classmethod
    def collate(cls, prepared: Sequence[EntitiesOfWords], layouts: Sequence[Layout], batch: LayoutBatch) -> YaoBatch:
        """Those of several documents, one after the other."""
        del layouts
        return batch_entities(prepared, batch)

    def encode(self, words: Tensor, batch: YaoBatch) -> Tensor:
        """Vectors of words `[words, width]` → `[words, hidden]`."""
        numbers = self.numbers(batch.number.clamp(max=self.numbers.num_embeddings - 1))
        inputs = torch.cat([words, numbers, self.types(batch.type)], dim=1)
        if self.training:
            kept = self.dropout(inputs.new_ones(batch.padding.runs, inputs.shape[1]))
            inputs = inputs * kept.index_select(0, batch.document_of_word)
        read: Tensor = self.reader(inputs, batch.padding)
        return read

    def relate(self, words: Tensor, batch: YaoBatch) -> Tensor:
        """What `encode` gave → logits `[asked, relations]`."""
        entities = entity_means(words, batch.layout)
        if self.context is None:
            scores: Tensor = self.pairs(entities, batch.layout, batch.layout.asked)
            return scores
        every = torch.arange(batch.layout.pairs.shape[1], device=words.device)
        logits: Tensor = self.context(self.pairs(entities, batch.layout, every), batch.layout)
        return logits


class OtherPairs(nn.Module):
    """`W [o_p ; Σ_q α_pq o_q]`, `α_pq ∝ exp((o_p ⊙ s) · o_q)` over all pairs q of the document.

    The authors add `w · o_p` in the exponent, which is the same for every q and so changes no α.
    """

    def __init__(self, width: int, relations: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.full((width,), width**-0.5))
        self.scores = nn.Linear(2 * width, relations)

    def forward(self, pairs: Tensor, layout: LayoutBatch) -> Tensor:
        """o of all pairs `[pairs, width]` → logits `[asked, relations]`."""
        own = pairs.index_select(0, layout.asked)
        asking = own * self.scale
        found = [
            functional.scaled_dot_product_attention(
                asking[None, None, document.asked],
                pairs[None, None, document.pairs],
                pairs[None, None, document.pairs],
                scale=1.0,
            )[0, 0]
            for document in layout.documents
            if document.asked.stop > document.asked.start
        ]
        context = torch.cat(found) if found else torch.zeros_like(own)
        logits: Tensor = self.scores(torch.cat([own, context], dim=1))
        return logits
