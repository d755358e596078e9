"""Probabilities for every candidate pair of a split."""

import numpy as np
import torch
from torch import nn

from glre.evaluation.predictions import DocumentScores
from glre.training.batches import Split, ordered_batches


@torch.inference_mode()
def score(model: nn.Module, split: Split, batch_size: int, device: torch.device) -> tuple[DocumentScores, ...]:
    """Score each document of the split, in the split's order; its labels play no part."""
    was_training = model.training
    model.eval()
    scores: dict[int, np.ndarray] = {}
    for batch in ordered_batches(split, batch_size):
        moved = batch.to(device)
        probabilities = model(moved.inputs, moved.graph).sigmoid().float().cpu().numpy()
        for number, document in zip(batch.numbers, batch.graph.documents, strict=True):
            scores[number] = probabilities[document.pairs]
    model.train(was_training)
    return tuple(
        DocumentScores(
            document.id,
            split.pairs[number],
            scores.get(number, np.zeros((0, split.labels[number].gold.shape[1]), dtype=np.float32)),
        )
        for number, document in enumerate(split.documents)
    )
