"""Scores of documents, in steps, with what the system can tell of where it looked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from glre.evaluation.document_scores import DocumentScores
from glre.systems.evidence import Evidence, Heard
from glre.systems.network import Scorer
from glre.systems.split import Split, StepLimits, ordered_steps


@dataclass(frozen=True, slots=True, eq=False)
class ScoredDocument:
    """Document number `number` of a split with the probabilities of what was asked `[asked, relations]`."""

    number: int
    scores: npt.NDArray[np.float32]
    place: int
    heard: Heard

    @torch.inference_mode()
    def evidence(self) -> Evidence | None:
        """Where the system looked; to be asked before the next document comes."""
        return self.heard(self.place)


@torch.inference_mode()
def passes(scorer: Scorer, split: Split, numbers: Sequence[int], limits: StepLimits) -> Iterator[ScoredDocument]:
    """Those of these documents that have asked pairs, shortest first; labels play no part."""
    device = next(scorer.parameters()).device
    for step in ordered_steps(split, numbers, limits):
        batch = split.batch(step).to(device)
        with scorer.network.heard() as heard:
            logits = scorer(batch.inputs, batch.collated)
            probabilities = scorer.network.probabilities(logits).float().cpu().numpy()
            for place, (number, document) in enumerate(zip(step, batch.documents, strict=True)):
                yield ScoredDocument(number, probabilities[document.asked], place, heard)


def score(scorer: Scorer, split: Split, numbers: Sequence[int], limits: StepLimits) -> tuple[DocumentScores, ...]:
    """Probabilities of these documents of the split, in the order given."""
    was_training = scorer.training
    scorer.eval()
    scores = {document.number: document.scores for document in passes(scorer, split, numbers, limits)}
    scorer.train(was_training)
    return tuple(
        DocumentScores(split.documents[number].id, split.pairs[number], scores.get(number, no_scores(split, number)))
        for number in numbers
    )


def no_scores(split: Split, number: int) -> npt.NDArray[np.float32]:
    """Those of a document of which nothing is asked `[0, relations]`."""
    return np.zeros((0, split.labels[number].gold.shape[1]), dtype=np.float32)
