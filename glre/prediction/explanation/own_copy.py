"""A model to listen in on or to silence, which leaves the one that it was copied from as it is."""

import copy

import torch
from torch import Tensor, nn

from glre.encoding.tokenization.subword_batch import SubwordBatch
from glre.systems.glre.glre import GLRE
from glre.systems.glre.graph import GraphBatch


class _Encoded(nn.Module):
    """Stands for an encoding layer that has done its work: gives the same words whatever it is asked."""

    def __init__(self, words: Tensor) -> None:
        super().__init__()
        self._words = words

    def forward(self, inputs: Tensor | SubwordBatch, graph: GraphBatch) -> Tensor:
        """The words of the one batch that was encoded; both arguments are those of any encoding layer."""
        del inputs, graph
        return self._words


@torch.inference_mode()
def encoded_copy(glre: GLRE, inputs: Tensor | SubwordBatch, graph: GraphBatch) -> GLRE:
    """A copy of `glre` for this one batch, whose words are encoded once.

    Its hooks are its own; it shares the weights, so it costs next to nothing, and they must not be changed through it.
    While it is made, nobody may change the hooks of `glre`.
    """
    known: dict[int, object] = {id(tensor): tensor for tensor in (*glre.parameters(), *glre.buffers())}
    known[id(glre.encoding)] = _Encoded(glre.encoding(inputs, graph))
    return copy.deepcopy(glre, known)
