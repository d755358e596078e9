"""What a model says of documents, before a threshold or a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document


@dataclass(frozen=True, slots=True, eq=False)
class DocumentScores:
    """A model's probabilities of each relation for each candidate pair, `scores` [pairs, relations]."""

    document_id: str
    pairs: tuple[CandidatePair, ...]
    scores: npt.NDArray[np.floating[Any]]

    def __post_init__(self) -> None:
        if self.scores.ndim != 2 or len(self.scores) != len(self.pairs):
            raise ValueError(f"document {self.document_id!r}: {self.scores.shape} scores of {len(self.pairs)} pairs")
        if self.scores.size and not (self.scores.min() >= 0 and self.scores.max() <= 1):
            raise ValueError(f"document {self.document_id!r}: scores that are not probabilities")


def aligned(
    documents: Sequence[Document], scores: Sequence[DocumentScores], relations: Sequence[str]
) -> Iterator[tuple[Document, DocumentScores]]:
    """Each document with its scores; ValueError unless ids, order and number of relations fit."""
    for document, scored in zip(documents, scores, strict=True):
        if scored.document_id != document.id:
            raise ValueError(f"scores of document {scored.document_id!r} where those of {document.id!r} belong")
        if scored.scores.shape[1] != len(relations):
            raise ValueError(
                f"document {document.id!r}: {scored.scores.shape[1]} scores for {len(relations)} relations"
            )
        yield document, scored
