"""Walks over edges (section 2.3): an edge takes in those paths that lead from its one end to the other."""

from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.autograd import Function

from glre.systems.eog.edges import EdgeTable


class Walks(nn.Module):
    """`e_ij ← β e_ij + (1 - β) Σ_k σ((W e_ik) ⊙ e_kj)` over the nodes k with edges to both, N times.

    Where no k has both, e_ij stays. The last two times only those edges are made that the asked ones come from, which
    changes none of them.
    """

    def __init__(self, edge: int, walks: int, kept: float) -> None:
        super().__init__()
        self.map = nn.Linear(edge, edge, bias=False)
        self.walks = walks
        self.kept = kept

    def forward(self, edges: EdgeTable, heads: Tensor, tails: Tensor) -> Tensor:
        """Edges of one document, nodes `[heads]`, `[tails]` → the edges between these `[heads, tails, edge]`."""
        nodes = torch.arange(len(edges.present), device=heads.device)
        for _ in range(self.walks - 2):
            edges = self._longer(edges, edges, edges, nodes, nodes)
        from_heads = EdgeTable(edges.vectors[heads], edges.present[heads])
        to_tails = EdgeTable(edges.vectors[:, tails], edges.present[:, tails])
        if self.walks > 1:
            longer_from = self._longer(from_heads, from_heads, edges, heads, nodes)
            to_tails = self._longer(to_tails, edges, to_tails, nodes, tails)
            from_heads = longer_from
        between = EdgeTable(from_heads.vectors[:, tails], from_heads.present[:, tails])
        if self.walks > 0:
            between = self._longer(between, from_heads, to_tails, heads, tails)
        return between.vectors

    def _longer(self, here: EdgeTable, left: EdgeTable, right: EdgeTable, rows: Tensor, columns: Tensor) -> EdgeTable:
        """Edges from the nodes `rows` to the nodes `columns`, with paths over all nodes taken in."""
        paths = left.present.float() @ right.present.float()
        found = (paths > 0) & (rows.unsqueeze(1) != columns)
        walked = walked_over(self.map(left.vectors), right.vectors, left.present, right.present)
        longer = self.kept * here.vectors + (1 - self.kept) * walked
        return EdgeTable(torch.where(found.unsqueeze(2), longer, here.vectors), here.present | found)


def walked_over(left: Tensor, right: Tensor, left_present: Tensor, right_present: Tensor) -> Tensor:
    """`Σ_k σ(l_ik ⊙ r_kj)` over the k that have both: l `[rows, k, edge]`, r `[k, columns, edge]`.

    The terms, rows × k × columns × edge, are never there at once: one k at a time, again in the backward pass.
    """
    return cast(Tensor, _WalkedOver.apply(left, right, left_present, right_present))  # type: ignore[no-untyped-call]


class _WalkedOver(Function):
    @staticmethod
    def forward(ctx: Any, left: Tensor, right: Tensor, left_present: Tensor, right_present: Tensor) -> Tensor:
        ctx.save_for_backward(left, right, left_present, right_present)
        total = left.new_zeros(left.shape[0], right.shape[1], left.shape[2])
        for k in range(len(right)):
            rows, columns = left_present[:, k].nonzero(), right_present[k].nonzero()[:, 0]
            total[rows, columns] += (left[rows, k] * right[k, columns]).sigmoid_()
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:
        left, right, left_present, right_present = ctx.saved_tensors
        of_left, of_right = torch.zeros_like(left), torch.zeros_like(right)
        for k in range(len(right)):
            rows, columns = left_present[:, k].nonzero(), right_present[k].nonzero()[:, 0]
            one, other = left[rows, k], right[k, columns]
            found = (one * other).sigmoid_()
            slope = gradient[rows, columns] * found * (1 - found)
            of_left[rows[:, 0], k] = (slope * other).sum(1)
            of_right[k, columns] = (slope * one).sum(0)
        return of_left, of_right, None, None
