"""Pairs of entities under a bilinear form, each entity with the distance to the other (Yao et al. 2019)."""

import torch
from torch import Tensor, nn

from glre.systems.layers.distance import DistanceEmbedding
from glre.systems.layout import LayoutBatch

_CELLS = 2**24
"""Numbers of one step between: pairs × outputs × width would not fit for the thousands of pairs of a large document."""


class PairBilinear(nn.Module):
    """`s_r = [e_h ; d_ht]ᵀ B_r [e_t ; d_th] + b_r`, d the vectors of signed distances between first mentions."""

    def __init__(self, entity: int, distance: int, distance_bins: int, outputs: int) -> None:
        super().__init__()
        width = entity + distance
        self.distance = DistanceEmbedding(distance_bins, distance)
        self.forms = nn.Parameter(torch.empty(width, outputs, width).uniform_(-1, 1) * width**-0.5)
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, entities: Tensor, layout: LayoutBatch, pairs: Tensor) -> Tensor:
        """`[entities, entity]`, the places of some pairs `[n]` → `[n, outputs]`."""
        rows = max(1, _CELLS // self.forms[0].numel())
        found = [self._scores(entities, layout, part) for part in torch.split(pairs, rows)]
        return torch.cat(found) + self.bias

    def _scores(self, entities: Tensor, layout: LayoutBatch, pairs: Tensor) -> Tensor:
        head, tail = layout.pairs.index_select(1, pairs)
        distance = layout.distance.index_select(0, pairs)
        heads = torch.cat([entities.index_select(0, head), self.distance(distance)], dim=1)
        tails = torch.cat([entities.index_select(0, tail), self.distance(-distance)], dim=1)
        asking = torch.einsum("pa,arb->prb", heads, self.forms)
        return (asking @ tails.unsqueeze(2)).squeeze(2)
