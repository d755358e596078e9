"""Edges as they are before any walk (section 2.2): linear maps of what they join, one for each pair of types."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from glre.systems.eog.graph import EdgeTensors
from glre.systems.eog.settings import EOGSettings
from glre.systems.layers.distance import DistanceEmbedding
from glre.systems.layers.nodes import Nodes
from glre.systems.layers.pooling import log_sum_exp, segment_sum


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """A document's edges `[nodes, nodes, edge]`, zeros where there is none, and where there is one `[nodes, nodes]`.

    Nodes are the mentions, then the entities, then the sentences. No node has an edge to itself.
    """

    vectors: Tensor
    present: Tensor


class InitialEdges(nn.Module):
    """Nodes → edges MM, MS, ME, ES, SS; between entities there are none yet.

    `e_MM = W [n_i ; n_j ; c ; d]` and `e_SS = W [n_i ; n_j ; d]`, each way its own; e_MS, e_ME and e_ES are
    `W [n_i ; n_j]`, the same both ways. d are vectors of distances. c is the mean of both mentions' contexts: of a
    mention m the mean of the words of its sentence under softmax(m̄ · h), its own words left out.
    """

    def __init__(self, word: int, settings: EOGSettings) -> None:
        """`word` is the width of a word as the BiLSTM leaves it."""
        super().__init__()
        nodes, distance = 2 * (word + settings.node_type), settings.distance
        self.mention_distance = DistanceEmbedding(settings.distance_bins, distance)
        self.sentence_distance = DistanceEmbedding(settings.distance_bins, distance)
        self.mention_mention = nn.Linear(nodes + word + distance, settings.edge, bias=False)
        self.mention_sentence = nn.Linear(nodes, settings.edge, bias=False)
        self.mention_entity = nn.Linear(nodes, settings.edge, bias=False)
        self.entity_sentence = nn.Linear(nodes, settings.edge, bias=False)
        self.sentence_sentence = nn.Linear(nodes + distance, settings.edge, bias=False)

    def forward(self, words: Tensor, nodes: Nodes, edges: EdgeTensors) -> EdgeTable:
        """Words `[words, word]` and nodes of one document → its edges."""
        mentions, entities, sentences = nodes.mentions, nodes.entities, nodes.sentences
        one, other = edges.mention_pairs
        contexts = mention_contexts(words, mentions[:, : words.shape[1]], edges.around)
        context = (contexts[one] + contexts[other]) / 2
        distance = self.mention_distance(edges.mention_distance)
        mention_mention = self.mention_mention(torch.cat([mentions[one], mentions[other], context, distance], dim=1))
        first, second = edges.sentence_pairs
        distance = self.sentence_distance(second - first)
        sentence_sentence = self.sentence_sentence(torch.cat([sentences[first], sentences[second], distance], dim=1))
        of_sentence = sentences[edges.sentence_of_mention]
        mention_sentence = self.mention_sentence(torch.cat([mentions, of_sentence], dim=1))
        of_entity = entities[edges.entity_of_mention]
        mention_entity = self.mention_entity(torch.cat([mentions, of_entity], dim=1))
        entity, sentence = edges.entity_sentence
        entity_sentence = self.entity_sentence(torch.cat([entities[entity], sentences[sentence]], dim=1))

        entity_at, sentence_at = len(mentions), len(mentions) + len(entities)
        count = sentence_at + len(sentences)
        every = torch.arange(len(mentions), device=words.device)
        across = [
            (every, edges.sentence_of_mention + sentence_at, mention_sentence),
            (every, edges.entity_of_mention + entity_at, mention_entity),
            (entity + entity_at, sentence + sentence_at, entity_sentence),
        ]
        within = [(one, other, mention_mention), (first + sentence_at, second + sentence_at, sentence_sentence)]
        placed = [*within, *across, *((right, left, vectors) for left, right, vectors in across)]
        place = torch.cat([left * count + right for left, right, _ in placed])
        vectors = torch.cat([vectors for *_, vectors in placed])
        table = vectors.new_zeros(count * count, vectors.shape[1]).index_copy(0, place, vectors)
        present = torch.zeros(count * count, dtype=torch.bool, device=words.device).index_fill(0, place, True)
        return EdgeTable(table.view(count, count, -1), present.view(count, count))


def mention_contexts(words: Tensor, mentions: Tensor, around: Tensor) -> Tensor:
    """Words `[words, width]`, mentions `[mentions, width]`, `around [2, n]` → contexts `[mentions, width]`.

    Zeros for a mention that is all of its sentence.
    """
    mention, word = around
    seen = words.index_select(0, word)
    logits = (mentions.index_select(0, mention) * seen).sum(1)
    shares = (logits - log_sum_exp(logits, mention, len(mentions)).index_select(0, mention)).exp()
    return segment_sum(shares.unsqueeze(1) * seen, mention, len(mentions))
