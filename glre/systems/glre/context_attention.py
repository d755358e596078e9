"""The context relation representation of the classifier layer (section 3.4, Eq. 7–8)."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from glre.systems.layout import LayoutBatch


class ContextAttention(nn.Module):
    """`o_c = Σ_i θ_i o_i`, `θ_i = exp(o_i W o_r) / Σ_j exp(o_j W o_r)`, over all pairs of the document.

    This is scaled-dot-product attention with queries o W^T, keys and values o, and scale 1: torch's fused kernel keeps
    memory linear in pairs.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Linear(width, width, bias=False)
        nn.init.normal_(self.weight.weight, std=1.0 / width)

    def forward(self, relations: Tensor, layout: LayoutBatch) -> Tensor:
        """o of all pairs `[pairs, width]` → o_c of the asked ones `[asked, width]`."""
        targets = relations.index_select(0, layout.asked)
        queries = self.weight(targets)
        found = [
            functional.scaled_dot_product_attention(
                queries[None, None, document.asked],
                relations[None, None, document.pairs],
                relations[None, None, document.pairs],
                scale=1.0,
            )[0, 0]
            for document in layout.documents
            if document.asked.stop > document.asked.start
        ]
        return torch.cat(found) if found else torch.zeros_like(targets)
