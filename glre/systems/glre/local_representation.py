"""The local representation layer (section 3.3): an entity's mentions, weighed by its partner (Eq. 3–5)."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from glre.systems.glre.graph import GraphBatch, MentionGroup


class LocalAttention(nn.Module):
    """`e_a^loc = LN(MHead(Q = e_b^glo, K = {n_s : s ∈ S_a}, V = {n_m : m ∈ M_a}))` for every pair (a, b).

    The softmax runs over the mentions of a alone and depends on the pair only through b. So one table, entities b ×
    entities a, serves all pairs of a document: memory grows with entities × mentions + entities² × hidden, and no
    tensor of pairs × mentions × hidden is made.
    """

    def __init__(self, query_width: int, node_width: int, hidden: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.query = nn.Linear(query_width, hidden)
        self.key = nn.Linear(node_width, hidden)
        self.value = nn.Linear(node_width, hidden)
        self.output = nn.Linear(hidden, hidden)
        self.norm = nn.LayerNorm(hidden)
        self.heads = heads
        self.dropout = dropout

    def forward(
        self, partners: Tensor, mentions: Tensor, sentences: Tensor, graph: GraphBatch, attended: Tensor, asking: Tensor
    ) -> Tensor:
        """e^loc `[pairs, hidden]` of the entities `attended [pairs]` as seen by their partners `asking [pairs]`.

        `partners [entities, query_width]` are the queries' e^glo; `mentions [mentions, node_width]` and `sentences
        [sentences, node_width]` are the initial nodes.
        """
        queries = self.query(partners)
        # S_a holds the sentence of each mention in the mentions' order, so keys align with values one to one.
        keys = self.key(sentences).index_select(0, graph.layout.sentence_of_mention)
        values = self.value(mentions)
        found = []
        for document, groups in zip(graph.layout.documents, graph.groups, strict=True):
            if document.pairs.stop > document.pairs.start:
                first = document.entities.start
                table = self._table(queries[document.entities], keys, values, groups, first)
                found.append(_rows(table, attended[document.pairs] - first, asking[document.pairs] - first))
        attention = torch.cat(found) if found else queries.new_zeros(0, self.output.in_features)
        normed: Tensor = self.norm(self.output(attention))
        return normed

    def _table(
        self, queries: Tensor, keys: Tensor, values: Tensor, groups: tuple[MentionGroup, ...], first: int
    ) -> Tensor:
        """What each entity finds at each other: `[attended, asking, hidden]`."""
        asking = self._split(queries).transpose(0, 1)
        parts = []
        for group in groups:
            flat = group.mentions.flatten()
            shape = (*group.mentions.shape, -1)
            key = self._split(keys.index_select(0, flat)).view(*shape[:2], self.heads, -1).permute(0, 2, 3, 1)
            value = self._split(values.index_select(0, flat)).view(*shape[:2], self.heads, -1).transpose(1, 2)
            logits = (asking.unsqueeze(0) @ key) / asking.shape[-1] ** 0.5
            weights = logits.masked_fill(~group.filled[:, None, None, :], float("-inf")).softmax(-1)
            weights = functional.dropout(weights, self.dropout, self.training)
            parts.append((weights @ value).transpose(1, 2).flatten(2))
        members = torch.cat([group.entities for group in groups]) - first
        return torch.cat(parts).index_select(0, torch.argsort(members))

    def _split(self, rows: Tensor) -> Tensor:
        return rows.view(len(rows), self.heads, -1)


def _rows(table: Tensor, attended: Tensor, asking: Tensor) -> Tensor:
    return table.flatten(0, 1).index_select(0, attended * table.shape[1] + asking)
