"""GLRE: Global-to-Local Neural Networks for Document-Level Relation Extraction (Wang et al., EMNLP 2020)."""

import torch
from torch import Tensor, nn

from glre.encoding.tokenization.subword_batch import SubwordBatch
from glre.systems.glre.classifier import Classifier
from glre.systems.glre.encoding_layer import EncodingLayer, Source
from glre.systems.glre.global_representation import GlobalRepresentation, InitialNodes
from glre.systems.glre.graph import GraphBatch
from glre.systems.glre.local_representation import LocalAttention
from glre.systems.glre.settings import GLRESettings


class GLRE(nn.Module):
    """Words of documents and their graphs → a logit for each asked pair and relation.

    An ablation (Table 4) leaves out what it names together with its parameters. Without the global representations,
    the local attention is asked by the initial entity nodes, since it needs a query.
    """

    def __init__(self, source: Source, relations: int, settings: GLRESettings) -> None:
        super().__init__()
        node_width = settings.hidden + settings.node_type
        self.encoding = EncodingLayer(source, settings)
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

    def forward(self, inputs: Tensor | SubwordBatch, graph: GraphBatch) -> Tensor:
        """Inputs of all words (what the encoding layer's source takes) → logits `[asked, relations]`."""
        initial = self.nodes(self.encoding(inputs, graph), graph)
        head, tail = graph.pairs
        heads, tails = [], []
        entities = initial.entities
        if self.global_representation is not None:
            entities = self.global_representation(initial, graph)
            heads.append(entities.index_select(0, head))
            tails.append(entities.index_select(0, tail))
        if self.local_head is not None and self.local_tail is not None:
            heads.append(self.local_head(entities, initial.mentions, initial.sentences, graph, head, tail))
            tails.append(self.local_tail(entities, initial.mentions, initial.sentences, graph, tail, head))
        logits: Tensor = self.classifier(torch.cat(heads, dim=1), torch.cat(tails, dim=1), graph)
        return logits
