"""The scores of entity pairs from those of their words: a bi-affine form and a log-sum-exp."""

import torch
from torch import Tensor, nn

from glre.systems.layers.pooling import log_sum_exp

_CELLS = 2**24
"""Scores of word pairs that are made at once, where nothing is trained: a document may have thousands of words."""


class BiaffineScorer(nn.Module):
    """`A_ijr = [u_i ; 1]ᵀ L_r [v_j ; 1]`, `s_r(h, t) = log Σ_{i ∈ h, j ∈ t} exp A_ijr`.

    The sum over the words of both entities is taken in two: over those of the tails for each word of a head, then over
    those of the heads. So a document needs words × relations × words, never pairs × words.
    """

    def __init__(self, width: int, relations: int) -> None:
        super().__init__()
        self.forms = nn.Parameter(torch.empty(relations, width + 1, width + 1))
        nn.init.normal_(self.forms, std=1.0 / (width + 1))

    def forward(self, heads: Tensor, tails: Tensor, entity: Tensor, entities: int) -> Tensor:
        """u and v of a document's words `[words, width]`, the entity of each → `[entities, relations, entities]`.

        A word of several entities is there once for each of them; every entity has a word.
        """
        asked = nn.functional.pad(heads, (0, 1), value=1.0)
        answering = nn.functional.pad(tails, (0, 1), value=1.0)
        rows = max(1, _CELLS // max(1, len(self.forms) * len(tails)))
        over_tails = [
            log_sum_exp(torch.einsum("id,rde,je->jri", part, self.forms, answering), entity, entities).transpose(0, 2)
            for part in torch.split(asked, rows)
        ]
        return log_sum_exp(torch.cat(over_tails), entity, entities)
