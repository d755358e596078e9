"""The global representation layer (section 3.2): nodes under a relational graph convolution (Eq. 2)."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from glre.systems.glre.graph import GraphBatch
from glre.systems.layers.nodes import Nodes
from glre.systems.layers.pooling import segment_mean, segment_sum


class EntityConvolution(nn.Module):
    """One relational graph convolution (Schlichtkrull et al. 2018), Eq. 2 of the paper, for the entity nodes alone.

    `n_i' = σ( Σ_{x∈X} Σ_{j∈N_i^x} 1/|N_i^x| · W_x n_j + W_0 n_i )`, σ = ReLU, X the five kinds of edges. Since a mean
    commutes with W_x, neighbours are averaged first; a node without neighbours along x gets nothing from it.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.mention_entity = nn.Linear(inputs, outputs, bias=False)
        self.entity_sentence = nn.Linear(inputs, outputs, bias=False)
        self.itself = nn.Linear(inputs, outputs, bias=False)

    def entities(self, nodes: Nodes, graph: GraphBatch) -> Tensor:
        """Nodes of width `inputs` → entity nodes `[entities, outputs]`."""
        edge_entity, edge_sentence = graph.entity_sentence
        around = segment_mean(nodes.sentences.index_select(0, edge_sentence), edge_entity, graph.layout.entities)
        entities: Tensor = (
            self.itself(nodes.entities)
            + self.mention_entity(segment_mean(nodes.mentions, graph.layout.entity_of_mention, graph.layout.entities))
            + self.entity_sentence(around)
        )
        return entities.relu()


class RGCNLayer(EntityConvolution):
    """The same for all nodes."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs)
        self.mention_mention = nn.Linear(inputs, outputs, bias=False)
        self.mention_sentence = nn.Linear(inputs, outputs, bias=False)
        self.sentence_sentence = nn.Linear(inputs, outputs, bias=False)

    def forward(self, nodes: Nodes, graph: GraphBatch) -> Nodes:
        """Nodes of width `inputs` → nodes of width `outputs`."""
        entity, sentence = graph.layout.entity_of_mention, graph.layout.sentence_of_mention
        edge_entity, edge_sentence = graph.entity_sentence
        mentions = (
            self.itself(nodes.mentions)
            + self.mention_mention(_mean_of_others(nodes.mentions, sentence, graph.layout.sentences))
            + self.mention_entity(nodes.entities).index_select(0, entity)
            + self.mention_sentence(nodes.sentences).index_select(0, sentence)
        )
        sentences = (
            self.itself(nodes.sentences)
            + self.mention_sentence(segment_mean(nodes.mentions, sentence, graph.layout.sentences))
            + self.entity_sentence(
                segment_mean(nodes.entities.index_select(0, edge_entity), edge_sentence, graph.layout.sentences)
            )
            + self.sentence_sentence(
                _mean_of_others(nodes.sentences, graph.layout.document_of_sentence, len(graph.layout.documents))
            )
        )
        return Nodes(mentions.relu(), self.entities(nodes, graph), sentences.relu())


class GlobalRepresentation(nn.Module):
    """L stacked convolutions; the entity nodes after the last are the entity global representations e^glo."""

    def __init__(self, inputs: int, hidden: int, layers: int, input_dropout: float, output_dropout: float) -> None:
        super().__init__()
        widths = [inputs, *[hidden] * layers]
        # Nothing reads the mentions and sentences of the last layer, so it has no weights for them.
        self.layers = nn.ModuleList(
            [*(RGCNLayer(*pair) for pair in pairwise(widths[:-1])), EntityConvolution(*widths[-2:])]
        )
        self.input_dropout = input_dropout
        self.output_dropout = output_dropout

    def forward(self, nodes: Nodes, graph: GraphBatch) -> Tensor:
        """Initial nodes → e^glo `[entities, hidden]`."""
        *layers, last = self.layers
        nodes = self._dropped(nodes, self.input_dropout)
        for layer in layers:
            nodes = self._dropped(layer(nodes, graph), self.output_dropout)
        assert isinstance(last, EntityConvolution)
        return functional.dropout(last.entities(nodes, graph), self.output_dropout, self.training)

    def _dropped(self, nodes: Nodes, rate: float) -> Nodes:
        if not (self.training and rate):
            return nodes
        return Nodes(
            functional.dropout(nodes.mentions, rate),
            functional.dropout(nodes.entities, rate),
            functional.dropout(nodes.sentences, rate),
        )


def _mean_of_others(values: Tensor, group: Tensor, groups: int) -> Tensor:
    """For each row the mean of the other rows of its group, zero where it is alone: `[n, width]` → `[n, width]`."""
    sums = segment_sum(values, group, groups).index_select(0, group)
    size = torch.bincount(group, minlength=groups).index_select(0, group)
    return (sums - values) / (size - 1).clamp(min=1).unsqueeze(1)
