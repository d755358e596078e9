"""Nodes of a document's graph before anything passes between them: mentions, entities, sentences."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from glre.systems.layers.pooling import segment_mean
from glre.systems.layout import LayoutBatch


@dataclass(frozen=True, slots=True)
class Nodes:
    """Node vectors: `mentions [mentions, width]`, `entities [entities, width]`, `sentences [sentences, width]`."""

    mentions: Tensor
    entities: Tensor
    sentences: Tensor


class InitialNodes(nn.Module):
    """Nodes before any convolution: means of words, each with the learned vector of its node type.

    Mention: mean of its words' h, with t_m. Entity: mean of its mentions, with t_e. Sentence: mean of its words' h,
    with t_s.
    """

    def __init__(self, type_width: int) -> None:
        super().__init__()
        self.mention_type = nn.Parameter(torch.randn(type_width))
        self.entity_type = nn.Parameter(torch.randn(type_width))
        self.sentence_type = nn.Parameter(torch.randn(type_width))

    def forward(self, words: Tensor, layout: LayoutBatch) -> Nodes:
        """Word representations h `[words, hidden]` → nodes of width `hidden + type_width`."""
        mentions = mention_means(words, layout)
        entities = segment_mean(mentions, layout.entity_of_mention, layout.entities)
        sentences = segment_mean(words, layout.sentence_of_word, layout.sentences)
        return Nodes(
            _with_type(mentions, self.mention_type),
            _with_type(entities, self.entity_type),
            _with_type(sentences, self.sentence_type),
        )


def mention_means(words: Tensor, layout: LayoutBatch) -> Tensor:
    """The mean of each mention's words: `[words, width]` → `[mentions, width]`."""
    return segment_mean(words.index_select(0, layout.mention_words), layout.mention_of_word, layout.mentions)


def entity_means(words: Tensor, layout: LayoutBatch) -> Tensor:
    """The mean of each entity's mentions: `[words, width]` → `[entities, width]`."""
    return segment_mean(mention_means(words, layout), layout.entity_of_mention, layout.entities)


def _with_type(nodes: Tensor, type_vector: Tensor) -> Tensor:
    return torch.cat([nodes, type_vector.expand(len(nodes), -1)], dim=1)
