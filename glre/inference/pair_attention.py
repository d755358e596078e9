"""Where a model looks for some pairs of a document: the weights of `model/attention_weights.py`, of these pairs alone.

All pairs against all pairs would be 62 thousand million weights in a document of 500 entities.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from glre.encoding.subword_batch import SubwordBatch
from glre.inference.own_copy import encoded_copy
from glre.model.attention_weights import Weights, local_weights
from glre.model.context_attention import ContextAttention
from glre.model.glre import GLRE
from glre.model.graph import GraphBatch
from glre.model.local_attention import LocalAttention


@dataclass(frozen=True, slots=True, eq=False)
class PairAttention:
    """The weights of one pair, each array summing to 1; None for what an ablation leaves out.

    `head` and `tail` weigh the mentions of either, in their order, as the other one asks (Eq. 3–5, the mean over the
    attention's heads). `context [pairs]` is θ (Eq. 8) over all pairs of the document, the pair itself among them.
    """

    head: Weights | None
    tail: Weights | None
    context: Weights | None


@torch.inference_mode()
def pair_attention(
    glre: GLRE, inputs: Tensor | SubwordBatch, graph: GraphBatch, places: Sequence[int]
) -> Iterator[PairAttention]:
    """What `glre` looks at for the pairs at these places of the one document in `graph`, in their order."""
    if len(graph.documents) != 1:
        raise ValueError("attention is written out for one document")
    own = encoded_copy(glre, inputs, graph)
    seen: dict[nn.Module, tuple[Any, ...]] = {}
    for layer in (own.local_head, own.local_tail, own.classifier.context):
        if layer is not None:
            layer.register_forward_pre_hook(_remembering(seen))
    own(inputs, graph)
    over_head, over_tail = _local(own.local_head, seen, graph), _local(own.local_tail, seen, graph)
    for place in places:
        head, tail = (int(entity) for entity in graph.pairs[:, place])
        yield PairAttention(
            head=None if over_head is None else _array(over_head[tail, graph.entity_of_mention == head]),
            tail=None if over_tail is None else _array(over_tail[head, graph.entity_of_mention == tail]),
            context=_context(own.classifier.context, seen, place),
        )


def _remembering(seen: dict[nn.Module, tuple[Any, ...]]) -> Callable[[nn.Module, tuple[Any, ...]], None]:
    def hook(layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        seen[layer] = inputs

    return hook


def _local(layer: LocalAttention | None, seen: dict[nn.Module, tuple[Any, ...]], graph: GraphBatch) -> Tensor | None:
    """`[entities, mentions]`: row b weighs every entity's mentions as b asks."""
    if layer is None:
        return None
    partners, _, sentences, *_ = seen[layer]
    return local_weights(layer, partners, sentences, graph).mean(0)


def _context(layer: ContextAttention | None, seen: dict[nn.Module, tuple[Any, ...]], place: int) -> Weights | None:
    if layer is None:
        return None
    relations: Tensor = seen[layer][0]
    return _array((layer.weight(relations[place]) @ relations.T).softmax(-1))


def _array(weights: Tensor) -> Weights:
    found: Weights = weights.float().cpu().numpy()
    return found
