"""Probabilities for every candidate pair of a split."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from glre.evaluation.predictions import DocumentScores
from glre.training.batches import Split, StepLimits, ordered_steps


@torch.inference_mode()
def score(model: nn.Module, split: Split, numbers: Sequence[int], limits: StepLimits) -> tuple[DocumentScores, ...]:
    """Score these documents of the split, in the order given; labels play no part."""
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    scores: dict[int, np.ndarray] = {}
    for step in ordered_steps(split, numbers, limits):
        batch = split.batch(step).to(device)
        probabilities = model(batch.inputs, batch.graph).sigmoid().float().cpu().numpy()
        for number, document in zip(step, batch.graph.documents, strict=True):
            scores[number] = probabilities[document.asked]
    model.train(was_training)
    return tuple(
        DocumentScores(
            split.documents[number].id,
            split.pairs[number],
            scores.get(number, np.zeros((0, split.labels[number].gold.shape[1]), dtype=np.float32)),
        )
        for number in numbers
    )
