"""Scores of documents, and the local attention of those in which something is found, in one pass of the model."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from glre.inference.evidence import LocalWeights, Weights
from glre.model.attention_weights import inputs_of, local_weights
from glre.model.glre import GLRE
from glre.model.graph import DocumentSlice, GraphBatch
from glre.model.local_attention import LocalAttention
from glre.training.batches import Split, StepLimits, ordered_steps


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Probabilities `[pairs, relations]` of a document's candidate pairs; `weights` where one is at the threshold."""

    scores: npt.NDArray[np.float32]
    weights: LocalWeights | None = None


@torch.inference_mode()
def score_documents(model: GLRE, split: Split, limits: StepLimits, threshold: float) -> list[Scored]:
    """Every document of the split, in its order; labels play no part."""
    device = next(model.parameters()).device
    layers = {"head": model.local_head, "tail": model.local_tail}
    own = {name: layer for name, layer in layers.items() if layer is not None}
    found = [Scored(np.zeros((0, labels.gold.shape[1]), dtype=np.float32)) for labels in split.labels]
    for step in ordered_steps(split, range(len(split.documents)), limits):
        batch = split.batch(step).to(device)
        with inputs_of(own) as seen:
            probabilities = model(batch.inputs, batch.graph).sigmoid().float().cpu().numpy()
        for number, document in zip(step, batch.graph.documents, strict=True):
            scores = probabilities[document.asked]
            weights = None
            if scores.size and float(scores.max()) >= threshold:
                weights = LocalWeights(**dict(_weights(layers, seen, batch.graph, document)))
            found[number] = Scored(scores, weights)
    return found


def _weights(
    layers: dict[str, LocalAttention | None],
    seen: dict[str, tuple[Any, ...]],
    graph: GraphBatch,
    document: DocumentSlice,
) -> Iterator[tuple[str, Weights | None]]:
    """For each of the two attentions, the mean over its heads of what it weighs in the document."""
    for name, layer in layers.items():
        if layer is None:
            yield name, None
            continue
        partners, _, sentences, *_ = seen[name]
        yield name, local_weights(layer, partners, sentences, graph, document).mean(0).float().cpu().numpy()
