"""Where a model looks in one document, θ of Eq. 8 for one pair at a time.

All pairs against all pairs, as `model/attention_weights.py` has them, would be thousands of millions of weights in a
document of the largest size.
"""

import torch
from torch import Tensor

from glre.encoding.tokenization.subword_batch import SubwordBatch
from glre.prediction.evidence import LocalWeights
from glre.prediction.explanation.own_copy import encoded_copy
from glre.systems.glre.attention_weights import Weights, inputs_of, weights_over_mentions
from glre.systems.glre.glre import GLRE
from glre.systems.glre.graph import GraphBatch


class PairAttention:
    """The weights with which a model scores one document.

    `local` are those of Eq. 3–5, the mean over the attention's heads.
    """

    @torch.inference_mode()
    def __init__(self, glre: GLRE, inputs: Tensor | SubwordBatch, graph: GraphBatch) -> None:
        """Let `glre` score the one document of `graph`. ValueError where there are several."""
        if len(graph.documents) != 1:
            raise ValueError("attention is written out for one document")
        own = encoded_copy(glre, inputs, graph)
        layers = {"head": own.local_head, "tail": own.local_tail, "context": own.classifier.context}
        with inputs_of({name: layer for name, layer in layers.items() if layer is not None}) as seen:
            own(inputs, graph)
        document = graph.documents[0]
        self.local = LocalWeights(
            weights_over_mentions(own.local_head, seen.get("head"), graph, document),
            weights_over_mentions(own.local_tail, seen.get("tail"), graph, document),
        )
        self._context = own.classifier.context
        self._relations: Tensor | None = seen["context"][0] if "context" in seen else None

    @torch.inference_mode()
    def context(self, place: int) -> Weights | None:
        """θ over all pairs for the pair at this place, `[pairs]`; None for a model without context."""
        if self._context is None or self._relations is None:
            return None
        logits: Tensor = self._relations @ self._context.weight(self._relations[place])
        return _array(logits.softmax(-1))


def _array(weights: Tensor) -> Weights:
    found: Weights = weights.float().cpu().numpy()
    return found
