"""GLRE: Global-to-Local Neural Networks for Document-Level Relation Extraction (Wang et al., EMNLP 2020)."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

import torch
from torch import Tensor, nn

from glre.documents.document import Document
from glre.systems.evidence import Heard
from glre.systems.glre.attention import heard
from glre.systems.glre.classifier import Classifier
from glre.systems.glre.encoding_layer import EncodingLayer
from glre.systems.glre.global_representation import GlobalRepresentation
from glre.systems.glre.graph import GraphBatch, batch_graphs, entity_sentence_edges
from glre.systems.glre.local_representation import LocalAttention
from glre.systems.glre.settings import GLRESettings
from glre.systems.layers.nodes import InitialNodes
from glre.systems.layout import Indices, Layout, LayoutBatch
from glre.systems.network import Network


class GLRE(Network[Indices, GraphBatch]):
    """Vectors of words and document graphs → a logit for each asked pair and relation.

    An ablation (Table 4) leaves out what it names together with its parameters. Without the global representations,
    the local attention is asked by the initial entity nodes, since it needs a query.
    """

    def __init__(self, width: int, relations: int, settings: GLRESettings) -> None:
        super().__init__()
        node_width = settings.hidden + settings.node_type
        self.encoding = EncodingLayer(width, settings)
        self.nodes = InitialNodes(settings.node_type)
        self.global_representation = (
            GlobalRepresentation(
                node_width,
                settings.hidden,
                settings.rgcn_layers,
                settings.rgcn_input_dropout,
                settings.rgcn_output_dropout,
            )
            if settings.use_global
            else None
        )
        self.local_head: LocalAttention | None = None
        self.local_tail: LocalAttention | None = None
        if settings.use_local:
            query_width = settings.hidden if settings.use_global else node_width
            sizes = (query_width, node_width, settings.hidden, settings.heads, settings.attention_dropout)
            self.local_head = LocalAttention(*sizes)
            self.local_tail = LocalAttention(*sizes)
        self.classifier = Classifier(
            entity_width=settings.hidden * (settings.use_global + settings.use_local),
            relations=relations,
            distance_bins=settings.distance_bins,
            distance_width=settings.distance,
            hidden=settings.classifier_hidden,
            dropout=settings.classifier_dropout,
            use_context=settings.use_context,
        )

    @classmethod
    def prepare(cls, document: Document, layout: Layout) -> Indices:
        """The document's entity–sentence edges `[2, edges]`."""
        del document
        return entity_sentence_edges(layout)

    @classmethod
    def collate(cls, prepared: Sequence[Indices], layouts: Sequence[Layout], batch: LayoutBatch) -> GraphBatch:
        """The documents' graphs side by side."""
        return batch_graphs(prepared, layouts, batch)

    def encode(self, words: Tensor, batch: GraphBatch) -> Tensor:
        """Vectors of words `[words, width]` → h `[words, hidden]`."""
        encoded: Tensor = self.encoding(words, batch.padding)
        return encoded

    def relate(self, words: Tensor, batch: GraphBatch) -> Tensor:
        """h `[words, hidden]` → logits `[asked, relations]`."""
        initial = self.nodes(words, batch.layout)
        head, tail = batch.layout.pairs
        heads, tails = [], []
        entities = initial.entities
        if self.global_representation is not None:
            entities = self.global_representation(initial, batch)
            heads.append(entities.index_select(0, head))
            tails.append(entities.index_select(0, tail))
        if self.local_head is not None and self.local_tail is not None:
            heads.append(self.local_head(entities, initial.mentions, initial.sentences, batch, head, tail))
            tails.append(self.local_tail(entities, initial.mentions, initial.sentences, batch, tail, head))
        logits: Tensor = self.classifier(torch.cat(heads, dim=1), torch.cat(tails, dim=1), batch.layout)
        return logits

    def heard(self) -> AbstractContextManager[Heard]:
        """Around a pass: tells where both attentions look in it."""
        return heard(self.local_head, self.local_tail, self.classifier.context)

    def parts(self) -> dict[str, tuple[nn.Module, ...]]:
        """What Table 4 leaves out, one at a time, as far as this model has it.

        - Without global, e^glo is zero for the classifier and for the local attention, which then is asked by nobody in
          particular: it weighs an entity's mentions in the same way for every partner;
        - without local, e^loc is zero for the classifier, and so for the context too, which is made from the same o_r;
        - without context, o_c (the sum of Eq. 8) is zero, and the classifier is left with the pair itself.
        """
        found = {
            "global": (self.global_representation,),
            "local": (self.local_head, self.local_tail),
            "context": (self.classifier.context,),
        }
        present = {name: tuple(module for module in of if module is not None) for name, of in found.items()}
        return {name: modules for name, modules in present.items() if modules}
