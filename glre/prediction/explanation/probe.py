"""A trained model asked about one document, listened to, and with its parts silenced.

A part's representations become zeros wherever another part takes them in. Zeros and not the mean over the document's
entities or pairs: where a document has one pair, the mean is that pair's own representation, and nothing would be
missing. On the models of sample and CDR, neither keeps the order of the scores better throughout.

What it does not say: the model never learned to do without the part, whereas an ablation is trained without it. All
scores of a document may rise or fall together, which is why the mean over its pairs has to stand beside that of one
pair. What two parts both know is missed in neither score, so the differences do not add up to the score.
"""

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document
from glre.prediction.limits import check_size
from glre.prediction.predictor import Predictor
from glre.systems.evidence import Evidence
from glre.systems.network import AnyNetwork

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """The candidate pairs of a document, and where a system looked for them, as far as it can tell."""

    pairs: tuple[CandidatePair, ...]
    evidence: Evidence | None


class Probe:
    """One document as a predictor's model sees it: `scores [pairs, relations]`, and where it looked.

    The model may answer others meanwhile: what is listened to and silenced is a copy of its network, which shares the
    weights. The words are encoded once. Facts are not looked at.
    """

    def __init__(self, predictor: Predictor, document: Document) -> None:
        """InputError where the document is too large."""
        check_size(document, predictor.model.settings.candidates)
        with predictor.alone() as scorer:
            split = predictor.split([document])
            self.pairs = split.pairs[0]
            self._network = _own(scorer.network)
            if self.pairs:
                batch = split.batch([0]).to(next(scorer.parameters()).device)
                self._batch = batch.collated
                with torch.inference_mode():
                    words = scorer.source(batch.inputs)
        if not self.pairs:
            self.scores, self.evidence = np.zeros((0, len(predictor.model.settings.relations))), None
            return
        with torch.inference_mode():
            self._words: Tensor = self._network.encode(words, self._batch)
            with self._network.heard() as heard:
                self.scores = self._scores()
                self.evidence = heard(0)

    @property
    def looked(self) -> Looked:
        """Where the model looked."""
        return Looked(self.pairs, self.evidence)

    @property
    def parts(self) -> tuple[str, ...]:
        """What can be silenced, by name."""
        return tuple(self._network.parts())

    @torch.inference_mode()
    def without(self, part: str) -> Scores:
        """The scores when the part of this name is silent."""
        hooks = [module.register_forward_hook(_silence) for module in self._network.parts()[part]]
        try:
            return self._scores()
        finally:
            for hook in hooks:
                hook.remove()

    def _scores(self) -> Scores:
        logits = self._network.relate(self._words, self._batch)
        found: Scores = self._network.probabilities(logits).double().cpu().numpy()
        return found


def _own(network: AnyNetwork) -> AnyNetwork:
    """A copy with hooks of its own that shares the weights, so it costs next to nothing.

    While it is made, nobody may change the hooks of `network`.
    """
    shared: Iterable[Tensor] = (*network.parameters(), *network.buffers())
    return copy.deepcopy(network, {id(tensor): tensor for tensor in shared})


def _silence(_: nn.Module, __: tuple[Any, ...], output: Tensor) -> Tensor:
    return torch.zeros_like(output)
