"""A trained model that reads documents and says which relations hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock

import numpy as np

from glre.documents.document import Document
from glre.documents.relations import Answer, DocumentRelations, PredictedRelation
from glre.errors import InputError
from glre.evaluation.predictions import DocumentScores
from glre.formats.set_aside import SetAside
from glre.prediction.choosing import choose_threshold
from glre.prediction.chosen_threshold import Choice
from glre.prediction.chunks import MOST_WORDS, chunks
from glre.prediction.evidence import carrying_sentences, related_entities
from glre.prediction.inputs import InputMaker
from glre.prediction.limits import check_size, pair_count
from glre.prediction.model_source import find_model
from glre.prediction.options import Options, arithmetic
from glre.prediction.relation_names import relation_names
from glre.prediction.scoring import Scored, score_documents
from glre.systems.glre.glre import GLRE
from glre.systems.trained import TrainedModel, load_model
from glre.training.batches import Split, StepLimits, make_split
from glre.training.scoring import score

_STEP_WORDS = 16_384
_STEP_PAIRS = 32_768
_CHUNK_BYTES = 256 * 2**20
"""Most that a chunk's hidden states may take."""
_DEFAULT = Options()


class Predictor:
    """Loads a model once, with its encoder, and answers for any number of documents; threads may share it."""

    def __init__(
        self, model: TrainedModel, maker: InputMaker, options: Options, choice: Choice, names: Mapping[str, str]
    ) -> None:
        """What `load` puts together: `choice` is the threshold that `options` came to, `names` relations in words."""
        self._model = model
        self._maker = maker
        self._choice = choice
        self._names = names
        self._top = options.top
        self._limits = StepLimits(options.batch_size, _STEP_WORDS, _STEP_PAIRS)
        self._lock = Lock()

    @classmethod
    def load(
        cls, model: str | Path, options: Options = _DEFAULT, names: Mapping[str, str] | None = None
    ) -> "Predictor":
        """A model by what people call it: its folder, that of its seeds or results, or a model in MLflow.

        `names` are relations in words, by default those that params.yaml of the current folder has for its dataset.
        Raises InputError where there is no such model, its encoder is not the one that it was trained with, or
        `options` can't be met.
        """
        folder = find_model(str(model))
        precision = arithmetic(options.precision)
        trained = load_model(folder, precision)
        choice = choose_threshold(str(model), trained.settings, options)
        known = relation_names(trained.settings.dataset) if names is None else names
        return cls(trained, InputMaker(trained, folder, precision), options, choice, known)

    def __call__(self, documents: Iterable[Document]) -> list[DocumentRelations]:
        """The relations of each document, in order. InputError where one is too large."""
        found = []
        for answer in self.stream(documents):
            if isinstance(answer, SetAside):
                raise answer.error()
            found.append(answer.found)
        return found

    def stream(self, documents: Iterable[Document | SetAside]) -> Iterator[Answer | SetAside]:
        """Answers in the order of the documents, chunk after chunk, so that any number can pass through.

        What was set aside is passed on; so is a document that is too large.
        """
        words = min(MOST_WORDS, _CHUNK_BYTES // max(1, self._maker.bytes_per_word))
        for chunk in chunks((self._checked(document) for document in documents), words):
            usable = [document for document in chunk if isinstance(document, Document)]
            answers = iter(self._answers(usable))
            for item in chunk:
                yield next(answers) if isinstance(item, Document) else item

    def scores(self, documents: Sequence[Document]) -> tuple[DocumentScores, ...]:
        """Probabilities of every candidate pair and relation, in the documents' order; facts are not looked at."""
        if not documents:
            return ()
        with self._lock:
            return score(self._model.glre, self.split(documents), range(len(documents)), self._limits)

    @property
    def model(self) -> TrainedModel:
        """The model that answers."""
        return self._model

    @property
    def choice(self) -> Choice:
        """The threshold from which a score is a prediction."""
        return self._choice

    @property
    def names(self) -> Mapping[str, str]:
        """Relations in words, those that have some."""
        return self._names

    @contextmanager
    def alone(self) -> Iterator[GLRE]:
        """The network, which no other thread asks through this predictor inside the block."""
        with self._lock:
            yield self._model.glre

    def split(self, documents: Sequence[Document]) -> Split:
        """One or more documents as the model takes them."""
        settings = self._model.settings
        return make_split(documents, self._maker(documents), settings.candidates, settings.relations)

    def _checked(self, document: Document | SetAside) -> Document | SetAside:
        if isinstance(document, SetAside):
            return document
        try:
            check_size(document, self._model.settings.candidates)
        except InputError as error:
            return SetAside.because(error, document.id)
        return document

    def _answers(self, documents: Sequence[Document]) -> list[Answer]:
        """Those of documents without a candidate pair are known before anything is computed."""
        pairs = [pair_count(document, self._model.settings.candidates) for document in documents]
        found = iter(self._computed([document for document, count in zip(documents, pairs, strict=True) if count]))
        return [
            next(found) if count else Answer(document, DocumentRelations(document.id, 0, ()))
            for document, count in zip(documents, pairs, strict=True)
        ]

    def _computed(self, documents: Sequence[Document]) -> list[Answer]:
        if not documents:
            return []
        # One at a time: the tokenizer and the model's hooks are not made for several, and torch uses all cores anyway.
        with self._lock:
            split = self.split([replace(document, facts=(), excluded=()) for document in documents])
            scored = score_documents(self._model.glre, split, self._limits, self._choice.threshold)
        return [
            Answer(document, self._relations(document, split, number, scored[number]))
            for number, document in enumerate(documents)
        ]

    def _relations(self, document: Document, split: Split, number: int, scored: Scored) -> DocumentRelations:
        pairs, threshold = split.pairs[number], self._choice.threshold
        found = []
        if scored.weights is not None:
            for place, column in np.argwhere(scored.scores.astype(np.float64) >= threshold).tolist():
                head, tail = related_entities(document, pairs[place], scored.weights)
                relation = self._model.settings.relations[column]
                found.append(
                    PredictedRelation(
                        head=head,
                        tail=tail,
                        relation=relation,
                        name=self._names.get(relation, relation),
                        score=float(scored.scores[place, column]),
                        threshold=threshold,
                        sentences=carrying_sentences((head, tail)),
                    )
                )
        found.sort(key=lambda relation: -relation.score)
        return DocumentRelations(document.id, len(pairs), tuple(found[: self._top]))
