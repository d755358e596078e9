"""How far the plain formulation is from the package's, with the same weights on the same documents."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from benchmarks.plain.encoder import PlainEncoder
from benchmarks.plain.graph import plain_batch, plain_document
from benchmarks.plain.model import PlainGLRE, load_weights
from benchmarks.workloads import frozen_states
from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.systems.glre.settings import GLRESettings
from glre.systems.network import Scorer
from glre.systems.split import Split


@dataclass(frozen=True)
class Agreement:
    """Largest absolute differences on some documents, without dropout.

    `logits`: both models read the same hidden states. `states`: the two ways to run the encoder. `logits_end_to_end`:
    each model reads its own states, the package's in half precision.
    """

    documents: int
    logits: float
    states: float
    logits_end_to_end: float


@torch.inference_mode()
def logit_difference(split: Split, numbers: Sequence[int], glre: Scorer, plain: PlainGLRE) -> float:
    """Largest difference of a logit between the two models on the documents `numbers`, as one batch."""
    batch = split.batch(numbers)
    states = list(torch.split(frozen_states(split, numbers), list(batch.collated.layout.word_counts)))
    dense = plain_batch([plain_document(split, number) for number in numbers])
    return float((glre(batch.inputs, batch.collated) - plain(states, dense)).abs().max())


@torch.inference_mode()
def agreement(
    split: Split, numbers: Sequence[int], glre: Scorer, settings: GLRESettings, encoder: FrozenEncoder
) -> Agreement:
    """Compare both models and both ways to run the encoder on the documents `numbers` of `split`."""
    batch = split.batch(numbers)
    plain = PlainGLRE(len(encoder.layers), encoder.width, batch.gold.shape[1], settings)
    load_weights(plain, glre)
    glre.eval()
    plain.eval()
    dense = plain_batch([plain_document(split, number) for number in numbers])
    states = PlainEncoder(encoder).states([encoder.subwords(split.documents[number]) for number in numbers])
    return Agreement(
        documents=len(numbers),
        logits=logit_difference(split, numbers, glre, plain),
        states=float((torch.cat(states) - frozen_states(split, numbers)).abs().max()),
        logits_end_to_end=float((glre(batch.inputs, batch.collated) - plain(states, dense)).abs().max()),
    )
