"""Scores of documents, and the local attention of those in which something is found, in one pass of the model."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from glre.prediction.evidence import LocalWeights
from glre.systems.glre.attention_weights import inputs_of, weights_over_mentions
from glre.systems.glre.glre import GLRE
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
    local = {"head": model.local_head, "tail": model.local_tail}
    layers = {name: layer for name, layer in local.items() if layer is not None}
    found = [Scored(np.zeros((0, labels.gold.shape[1]), dtype=np.float32)) for labels in split.labels]
    for step in ordered_steps(split, range(len(split.documents)), limits):
        batch = split.batch(step).to(device)
        with inputs_of(layers) as seen:
            probabilities = model(batch.inputs, batch.graph).sigmoid().float().cpu().numpy()
        for number, document in zip(step, batch.graph.documents, strict=True):
            scores = probabilities[document.asked]
            weights = None
            if scores.size and float(scores.max()) >= threshold:
                weights = LocalWeights(
                    weights_over_mentions(model.local_head, seen.get("head"), batch.graph, document),
                    weights_over_mentions(model.local_tail, seen.get("tail"), batch.graph, document),
                )
            found[number] = Scored(scores, weights)
    return found
