"""Where GLRE's attentions look in a document: the weights of Eq. 3–5 and of Eq. 8, written out.

The model itself never holds them as numbers of a pair: its local attention makes one table for all pairs, its context
attention runs in a fused kernel. Here they are made from the same layers and the same inputs. θ of Eq. 8 is made for
one pair at a time: all pairs against all pairs would be thousands of millions of weights in a document of the largest
size.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from glre.systems.evidence import Heard, MentionWeights, Weights
from glre.systems.glre.context_attention import ContextAttention
from glre.systems.glre.graph import GraphBatch
from glre.systems.glre.local_representation import LocalAttention
from glre.systems.layout import DocumentSlice


@contextmanager
def heard(
    head: LocalAttention | None, tail: LocalAttention | None, context: ContextAttention | None
) -> Iterator[Heard]:
    """Around a pass through these layers, those that there are: tells where they look in it.

    All pairs of a document that is told of were asked for.
    """
    layers = {"head": head, "tail": tail, "context": context}
    with inputs_of({name: layer for name, layer in layers.items() if layer is not None}) as seen:
        yield lambda document: GLREEvidence(
            _local_table(head, seen.get("head"), document),
            _local_table(tail, seen.get("tail"), document),
            _context_inputs(context, seen.get("context"), document),
        )


@dataclass(frozen=True, slots=True, eq=False)
class LocalTable:
    """One local attention in one document, the mean over its heads.

    `weights [entities, mentions]`: row b weighs each entity's mentions as b asks for them. `pairs [2, pairs]` and
    `entity_of_mention [mentions]` are numbered within the document.
    """

    weights: Weights
    pairs: npt.NDArray[np.int64]
    entity_of_mention: npt.NDArray[np.int64]

    def of_head(self, pair: int) -> Weights:
        """Weights of the head's mentions as the tail asks for them."""
        head, tail = self.pairs[:, pair]
        own: Weights = self.weights[tail, self.entity_of_mention == head]
        return own

    def of_tail(self, pair: int) -> Weights:
        """Weights of the tail's mentions as the head asks for them."""
        head, tail = self.pairs[:, pair]
        own: Weights = self.weights[head, self.entity_of_mention == tail]
        return own


@dataclass(frozen=True, slots=True, eq=False)
class ContextInputs:
    """The context attention, and o of all pairs of one document `[pairs, width]`."""

    attention: ContextAttention
    relations: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class GLREEvidence:
    """Where GLRE looked in one document; None for what an ablation leaves out."""

    head: LocalTable | None
    tail: LocalTable | None
    context: ContextInputs | None

    def mentions(self, pair: int) -> MentionWeights:
        """The local attentions (Eq. 3–5) over the mentions of the pair's entities."""
        return MentionWeights(
            None if self.head is None else self.head.of_head(pair),
            None if self.tail is None else self.tail.of_tail(pair),
        )

    @torch.inference_mode()
    def others(self, pair: int) -> Weights | None:
        """θ of Eq. 8 over all pairs of the document `[pairs]`."""
        if self.context is None:
            return None
        return _array(context_weights(self.context.attention, self.context.relations, pair))


def context_weights(attention: ContextAttention, relations: Tensor, pair: int) -> Tensor:
    """`θ_i = exp(o_i W o_r) / Σ_j exp(o_j W o_r)` (Eq. 8) for the pair r: o `[pairs, width]` → `[pairs]`."""
    logits: Tensor = relations @ attention.weight(relations[pair])
    return logits.softmax(-1)


def local_weights(
    attention: LocalAttention, partners: Tensor, sentences: Tensor, graph: GraphBatch, document: DocumentSlice
) -> Tensor:
    """The softmax of Eq. 3–5 for every asking entity and mention of one document, `[heads, entities, mentions]`.

    `partners [entities, query_width]` are the queries' e^glo, `sentences [sentences, node_width]` the initial nodes,
    both of the whole batch. Over the mentions of one entity the weights sum to 1.
    """
    entity = graph.layout.entity_of_mention[document.mentions] - document.entities.start
    sentence = graph.layout.sentence_of_mention[document.mentions]
    queries = _by_head(attention, attention.query(partners[document.entities]))
    keys = _by_head(attention, attention.key(sentences.index_select(0, sentence)))
    logits = queries @ keys.transpose(1, 2) / queries.shape[-1] ** 0.5
    place = entity.expand_as(logits)
    shape = (*logits.shape[:2], document.entities.stop - document.entities.start)
    highest = logits.new_full(shape, float("-inf")).scatter_reduce(-1, place, logits, "amax")
    raised = (logits - highest.gather(-1, place)).exp()
    weights: Tensor = raised / logits.new_zeros(shape).index_add(-1, entity, raised).gather(-1, place)
    return weights


@contextmanager
def inputs_of(layers: Mapping[str, nn.Module]) -> Iterator[dict[str, tuple[Any, ...]]]:
    """What each layer is called with inside the block, by name; a layer that is not called has no entry."""
    seen: dict[str, tuple[Any, ...]] = {}

    def remember(name: str) -> Callable[[nn.Module, tuple[Any, ...]], None]:
        def hook(_: nn.Module, inputs: tuple[Any, ...]) -> None:
            seen[name] = inputs

        return hook

    hooks = [layer.register_forward_pre_hook(remember(name)) for name, layer in layers.items()]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def _local_table(attention: LocalAttention | None, given: tuple[Any, ...] | None, document: int) -> LocalTable | None:
    if attention is None or given is None:
        return None
    partners, _, sentences, graph, *_ = given
    own = graph.layout.documents[document]
    first = own.entities.start
    return LocalTable(
        weights=_array(local_weights(attention, partners, sentences, graph, own).mean(0)),
        pairs=(graph.layout.pairs[:, own.pairs] - first).cpu().numpy(),
        entity_of_mention=(graph.layout.entity_of_mention[own.mentions] - first).cpu().numpy(),
    )


def _context_inputs(
    attention: ContextAttention | None, given: tuple[Any, ...] | None, document: int
) -> ContextInputs | None:
    if attention is None or given is None:
        return None
    relations, layout = given
    return ContextInputs(attention, relations[layout.documents[document].pairs])


def _by_head(attention: LocalAttention, rows: Tensor) -> Tensor:
    """`[rows, hidden]` → `[heads, rows, hidden / heads]`."""
    return rows.view(len(rows), attention.heads, rows.shape[1] // attention.heads).transpose(0, 1)


def _array(weights: Tensor) -> Weights:
    return weights.float().cpu().numpy()
