"""What the attentions look at in one document: the weights of Eq. 3–5 and of Eq. 8, written out.

The model itself never holds them as numbers of a pair: its local attention makes one table for all pairs, its context
attention runs in a fused kernel. Here they are made from the same layers and the same inputs, for a few documents.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from glre.documents.candidates import CandidatePair
from glre.encoding.tokenization.subword_batch import SubwordBatch
from glre.systems.glre.context_attention import ContextAttention
from glre.systems.glre.glre import GLRE
from glre.systems.glre.graph import DocumentSlice, GraphBatch
from glre.systems.glre.local_representation import LocalAttention

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class DocumentAttention:
    """Where a model looks in one document; None for what an ablation leaves out.

    `head [entities, mentions]`: row b weighs each entity's mentions as the head of a pair whose tail is b, the mean
    over the attention's heads; `tail` likewise with head and tail exchanged. The mentions are in the order of the
    entities, and those of one entity sum to 1. `context [pairs, pairs]`: row r is θ over all pairs for the pair r.
    """

    pairs: tuple[CandidatePair, ...]
    entity_of_mention: npt.NDArray[np.int64]
    head: Weights | None
    tail: Weights | None
    context: Weights | None

    def over_head(self, pair: CandidatePair) -> Weights | None:
        """Weights of the head's mentions, in their order, as the tail asks for them."""
        return None if self.head is None else self.head[pair.tail, self.entity_of_mention == pair.head]

    def over_tail(self, pair: CandidatePair) -> Weights | None:
        """Weights of the tail's mentions, in their order, as the head asks for them."""
        return None if self.tail is None else self.tail[pair.head, self.entity_of_mention == pair.tail]


@torch.inference_mode()
def document_attention(glre: GLRE, inputs: Tensor | SubwordBatch, graph: GraphBatch) -> DocumentAttention:
    """The weights with which `glre` scores the one document of `graph`, all of whose pairs are asked for."""
    if len(graph.documents) != 1 or len(graph.asked) != graph.pairs.shape[1]:
        raise ValueError("attention is written out for one document, of which all pairs are asked for")
    layers = {"head": glre.local_head, "tail": glre.local_tail, "context": glre.classifier.context}
    with inputs_of({name: layer for name, layer in layers.items() if layer is not None}) as seen:
        glre(inputs, graph)
    document = graph.documents[0]
    context = glre.classifier.context
    return DocumentAttention(
        pairs=tuple(CandidatePair(head, tail) for head, tail in graph.pairs.T.tolist()),
        entity_of_mention=graph.entity_of_mention.cpu().numpy(),
        head=weights_over_mentions(glre.local_head, seen.get("head"), graph, document),
        tail=weights_over_mentions(glre.local_tail, seen.get("tail"), graph, document),
        context=None
        if context is None or "context" not in seen
        else _array(context_weights(context, seen["context"][0])),
    )


def weights_over_mentions(
    attention: LocalAttention | None, given: tuple[Any, ...] | None, graph: GraphBatch, document: DocumentSlice
) -> Weights | None:
    """The mean of `local_weights` over the attention's heads, `[entities, mentions]`, for what it was called with.

    None for an ablation, which has no such layer or does not call it.
    """
    if attention is None or given is None:
        return None
    partners, _, sentences, *_ = given
    return _array(local_weights(attention, partners, sentences, graph, document).mean(0))


def local_weights(
    attention: LocalAttention, partners: Tensor, sentences: Tensor, graph: GraphBatch, document: DocumentSlice
) -> Tensor:
    """The softmax of Eq. 3–5 for every asking entity and mention of one document, `[heads, entities, mentions]`.

    `partners [entities, query_width]` are the queries' e^glo, `sentences [sentences, node_width]` the initial nodes,
    both of the whole batch. Over the mentions of one entity the weights sum to 1.
    """
    own = _mentions_of(graph, document)
    entity = graph.entity_of_mention[own] - document.entities.start
    queries = _by_head(attention, attention.query(partners[document.entities]))
    keys = _by_head(attention, attention.key(sentences.index_select(0, graph.sentence_of_mention[own])))
    logits = queries @ keys.transpose(1, 2) / queries.shape[-1] ** 0.5
    place = entity.expand_as(logits)
    shape = (*logits.shape[:2], document.entities.stop - document.entities.start)
    highest = logits.new_full(shape, float("-inf")).scatter_reduce(-1, place, logits, "amax")
    raised = (logits - highest.gather(-1, place)).exp()
    weights: Tensor = raised / logits.new_zeros(shape).index_add(-1, entity, raised).gather(-1, place)
    return weights


def _mentions_of(graph: GraphBatch, document: DocumentSlice) -> slice:
    """Where the document's mentions lie in the batch: those of one entity stand behind those of the one before."""
    ends = torch.tensor([document.entities.start, document.entities.stop], device=graph.entity_of_mention.device)
    return slice(*torch.searchsorted(graph.entity_of_mention, ends).tolist())


def _by_head(attention: LocalAttention, rows: Tensor) -> Tensor:
    """`[rows, hidden]` → `[heads, rows, hidden / heads]`."""
    return rows.view(len(rows), attention.heads, rows.shape[1] // attention.heads).transpose(0, 1)


def context_weights(attention: ContextAttention, relations: Tensor) -> Tensor:
    """`θ_i = exp(o_i W o_r) / Σ_j exp(o_j W o_r)` (Eq. 8): pairs o `[pairs, width]` → `[r, i]`, each a pair."""
    logits: Tensor = attention.weight(relations) @ relations.T
    return logits.softmax(-1)


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


def _array(weights: Tensor) -> Weights:
    return weights.float().cpu().numpy()
