"""The classifier layer (section 3.4): distances, the target relation, its context, a probability per relation."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from glre.systems.glre.context_attention import ContextAttention
from glre.systems.layers.distance import DistanceEmbedding
from glre.systems.layout import LayoutBatch


class Classifier(nn.Module):
    """`y = sigmoid(FFNN([o_r ; o_c]))`, as logits (Eq. 6–9).

    `ê_a = [e_a^glo ; e_a^loc ; Δ(δ_ab)]` and likewise ê_b; the target relation is `o_r = [ê_a ; ê_b]`.
    """

    def __init__(
        self,
        entity_width: int,
        relations: int,
        distance_bins: int,
        distance_width: int,
        hidden: Sequence[int],
        dropout: float,
        use_context: bool,
    ) -> None:
        super().__init__()
        self.distance = DistanceEmbedding(distance_bins, distance_width)
        width = 2 * (entity_width + distance_width)
        self.context = ContextAttention(width) if use_context else None
        layers: list[nn.Module] = [nn.Dropout(dropout)]
        inputs = 2 * width if use_context else width
        for size in hidden:
            layers += [nn.Linear(inputs, size), nn.ReLU(), nn.Dropout(dropout)]
            inputs = size
        self.ffnn = nn.Sequential(*layers, nn.Linear(inputs, relations))

    def forward(self, heads: Tensor, tails: Tensor, layout: LayoutBatch) -> Tensor:
        """[e^glo ; e^loc] of all heads and tails, each `[pairs, entity_width]` → logits `[asked, relations]`."""
        relations = torch.cat(
            [heads, self.distance(layout.distance), tails, self.distance(-layout.distance)],
            dim=1,
        )
        target = relations.index_select(0, layout.asked)
        if self.context is not None:
            target = torch.cat([target, self.context(relations, layout)], dim=1)
        logits: Tensor = self.ffnn(target)
        return logits
