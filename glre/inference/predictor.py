"""A trained model that reads documents and says which relations hold."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from glre.documents import Document
from glre.encoding.encoder import FrozenEncoder
from glre.encoding.source import encoder_identity, encoder_source
from glre.errors import InputError
from glre.evaluation.predictions import DocumentScores
from glre.model.inputs import WordInputs, state_inputs, subword_inputs, word_numbers
from glre.model.trained import TrainedModel, load_model
from glre.settings import WordVectors
from glre.training.batches import Split, StepLimits, make_split
from glre.training.scoring import score

_STEP_WORDS = 16_384
_STEP_PAIRS = 32_768


class Prediction(BaseModel):
    """A relation that holds by the model's threshold, between entities by their ids."""

    model_config = ConfigDict(frozen=True)

    document_id: str
    head_id: str
    tail_id: str
    relation: str
    score: float


class Predictor:
    """Loads a model folder once, with its encoder, and answers for any number of documents."""

    def __init__(self, folder: Path, batch_size: int = 16) -> None:
        """Raises InputError where the folder is no model, or the encoder is not the one that it was trained with."""
        self._model = load_model(folder)
        self._limits = StepLimits(batch_size, _STEP_WORDS, _STEP_PAIRS)
        settings = self._model.settings
        self._encoder: FrozenEncoder | None = None
        if not (isinstance(settings.encoder, WordVectors) or self._model.pretrained):
            identity = encoder_identity(settings.encoder)
            if identity != settings.encoder_identity:
                raise InputError(
                    f"{folder}, encoder {encoder_source(settings.encoder)}",
                    identity,
                    f"the one that the model was trained with, {settings.encoder_identity}",
                )
            self._encoder = FrozenEncoder(settings.encoder)

    def scores(self, documents: Sequence[Document]) -> tuple[DocumentScores, ...]:
        """Probabilities of every candidate pair and relation, in the documents' order; facts are not looked at."""
        if not documents:
            return ()
        return score(self._model.glre, self.split(documents), range(len(documents)), self._limits)

    @property
    def model(self) -> TrainedModel:
        """The model that answers."""
        return self._model

    def split(self, documents: Sequence[Document]) -> Split:
        """One or more documents as the model takes them."""
        settings = self._model.settings
        return make_split(documents, self._inputs(documents), settings.candidates, settings.relations)

    def __call__(self, documents: Sequence[Document]) -> list[Prediction]:
        """Relations scored at or above the threshold."""
        settings = self._model.settings
        found = []
        for document, scored in zip(documents, self.scores(documents), strict=True):
            for place, column in np.argwhere(scored.scores >= settings.threshold):
                pair = scored.pairs[place]
                found.append(
                    Prediction(
                        document_id=document.id,
                        head_id=document.entities[pair.head].id,
                        tail_id=document.entities[pair.tail].id,
                        relation=settings.relations[column],
                        score=float(scored.scores[place, column]),
                    )
                )
        return found

    def _inputs(self, documents: Sequence[Document]) -> WordInputs:
        if self._model.pretrained is not None:
            return subword_inputs(self._model.pretrained, documents)
        if self._encoder is None:
            words = {word: number for number, word in enumerate(self._model.settings.vocabulary, start=1)}
            return word_numbers(documents, words)
        states = self._encoder.encode([self._encoder.subwords(document) for document in documents])
        return state_inputs(np.concatenate(states), documents)
