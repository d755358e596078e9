"""What a trained model would say if one of its parts had nothing to say: a probe of one model, not Table 4.

A part's representations become zeros wherever another part takes them in:

- without global, e^glo is zero for the classifier and for the local attention, which then is asked by nobody in
  particular: it weighs an entity's mentions in the same way for every partner;
- without local, e^loc is zero for the classifier, and so for the context too, which is made from the same o_r;
- without context, o_c (the sum of Eq. 8) is zero, and the classifier is left with the pair itself.

Zeros and not the mean over the document's entities or pairs: where a document has one pair, the mean is that pair's own
representation, and nothing would be missing. On the models of sample and CDR, neither keeps the order of the scores
better throughout.

What it does not say: the model never learned to do without the part, whereas the ablations of Table 4 are trained
without it. All scores of a document may rise or fall together, which is why the mean over its pairs has to stand beside
that of one pair. What two parts both know is missed in neither score, so the differences do not add up to the score.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from glre.encoding.tokenization.subword_batch import SubwordBatch
from glre.prediction.explanation.own_copy import encoded_copy
from glre.systems.glre.glre import GLRE
from glre.systems.glre.graph import GraphBatch

Scores = npt.NDArray[np.float64]


class Part(StrEnum):
    """What Table 4 leaves out of GLRE, one at a time."""

    GLOBAL = "global"
    LOCAL = "local"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True, eq=False)
class AblatedScores:
    """Probabilities `[asked pairs, relations]` of a batch, `whole` as the model gives them; None for parts it lacks."""

    whole: Scores
    without_global: Scores | None
    without_local: Scores | None
    without_context: Scores | None

    def without(self, part: Part) -> Scores | None:
        """The scores without this part."""
        by_part = {
            Part.GLOBAL: self.without_global,
            Part.LOCAL: self.without_local,
            Part.CONTEXT: self.without_context,
        }
        return by_part[part]


@torch.inference_mode()
def ablated_scores(glre: GLRE, inputs: Tensor | SubwordBatch, graph: GraphBatch) -> AblatedScores:
    """The scores of a batch, whole and without each part that `glre` has; `glre` itself is left as it is.

    `glre` is in evaluation mode. It may answer others meanwhile.
    """
    own = encoded_copy(glre, inputs, graph)

    def scores(silent: Iterable[nn.Module]) -> Scores:
        hooks = [module.register_forward_hook(_nothing) for module in silent]
        found: Scores = own(inputs, graph).sigmoid().double().cpu().numpy()
        for hook in hooks:
            hook.remove()
        return found

    def without(*modules: nn.Module | None) -> Scores | None:
        present = [module for module in modules if module is not None]
        return scores(present) if present else None

    return AblatedScores(
        whole=scores([]),
        without_global=without(own.global_representation),
        without_local=without(own.local_head, own.local_tail),
        without_context=without(own.classifier.context),
    )


def _nothing(_: nn.Module, __: tuple[Any, ...], output: Tensor) -> Tensor:
    return torch.zeros_like(output)
