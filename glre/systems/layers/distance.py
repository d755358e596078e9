"""Vectors for distances in words, by bins that double."""

import torch
from torch import Tensor, nn


class DistanceEmbedding(nn.Module):
    """Δ(δ): a learned vector for each bin of the signed distance δ between two first mentions.

    The bins are {1, 2, 4, …, 2^b} on either side, and zero for entities that start at the same word.
    """

    def __init__(self, bins: int, width: int) -> None:
        super().__init__()
        self.bins = bins
        self.vectors = nn.Embedding(2 * (bins + 1) + 1, width)

    def forward(self, distance: Tensor) -> Tensor:
        """Signed distances in words `[pairs]` → vectors `[pairs, width]`."""
        vectors: Tensor = self.vectors(distance_bin(distance, self.bins) + self.bins + 1)
        return vectors


def distance_bin(distance: Tensor, bins: int) -> Tensor:
    """Signed bin of each distance: 0 for 0, ±(k + 1) for 2^k ≤ |δ| < 2^(k+1), k at most `bins`."""
    exponent = torch.frexp(distance.abs().to(torch.float64)).exponent.to(torch.int64)
    return distance.sign() * exponent.clamp(max=bins + 1)
