"""A trained model that reads documents and says which relations hold."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock

import numpy as np

from glre.documents.document import Document
from glre.documents.relations import Answer, DocumentRelations, PredictedRelation
from glre.encoding.words_of_model import words_of_model
from glre.errors import InputError
from glre.evaluation.document_scores import DocumentScores
from glre.formats.set_aside import SetAside
from glre.prediction.chunks import CHUNK_WORDS, chunks
from glre.prediction.limits import check_size, pair_count
from glre.prediction.model_source import find_model
from glre.prediction.model_types import ModelTypes
from glre.prediction.options import Options, arithmetic
from glre.prediction.related_entities import carrying_sentences, related_entities
from glre.prediction.thresholds import Choice, asked_threshold
from glre.systems.evidence import MentionWeights
from glre.systems.network import Scorer
from glre.systems.registry import network_type
from glre.systems.scoring import ScoredDocument, passes, score
from glre.systems.split import Split, StepLimits, make_split
from glre.systems.trained import TrainedModel, load_model, load_settings

_STEP_WORDS = 16_384
_STEP_PAIRS = 32_768
_CHUNK_BYTES = 256 * 2**20
"""Most that a chunk's hidden states may take."""
_DEFAULT = Options()


class Predictor:
    """Loads a model once, with its encoder, and answers for any number of documents; threads may share it."""

    def __init__(self, model: TrainedModel, options: Options, choice: Choice) -> None:
        """What `load` puts together: `choice` is the threshold that `options` came to."""
        self._model = model
        self._choice = choice
        self._top = options.top
        self._types = ModelTypes(model.settings.candidates, options.types)
        self._limits = StepLimits(options.batch_size, _STEP_WORDS, _STEP_PAIRS)
        self._lock = Lock()

    @classmethod
    def load(cls, model: str | Path, options: Options = _DEFAULT) -> "Predictor":
        """A model by what people call it: its folder, that of its seeds or results, or a model in MLflow.

        Raises InputError where there is no such model, its encoder is not the one that it was trained with, or
        `options` can't be met.
        """
        folder = find_model(str(model))
        precision = arithmetic(options.precision)
        settings = load_settings(folder)
        choice = asked_threshold(folder, settings, options)
        source = words_of_model(settings.words, folder, precision)
        return cls(load_model(folder, settings, source, precision), options, choice)

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
        words = min(CHUNK_WORDS, _CHUNK_BYTES // max(1, self._model.source.bytes_per_word))
        for chunk in chunks(self.fitting(documents), words):
            usable = [document for document in chunk if isinstance(document, Document)]
            answers = iter(self._answers(usable))
            for item in chunk:
                yield next(answers) if isinstance(item, Document) else item

    def fitting(self, documents: Iterable[Document | SetAside], source: str = "") -> Iterator[Document | SetAside]:
        """The same with the model's types, those that are too large set aside.

        `source` is what they come from, for the reason to name.
        """
        for document in documents:
            yield document if isinstance(document, SetAside) else self._checked(document, source)

    def scores(self, documents: Sequence[Document]) -> tuple[DocumentScores, ...]:
        """Probabilities of every candidate pair and relation, in the documents' order; facts are not looked at."""
        if not documents:
            return ()
        with self._lock:
            return score(self._model.scorer, self.split(documents), range(len(documents)), self._limits)

    @property
    def model(self) -> TrainedModel:
        """The model that answers."""
        return self._model

    @property
    def choice(self) -> Choice:
        """The threshold from which a score is a prediction."""
        return self._choice

    @contextmanager
    def alone(self) -> Iterator[Scorer]:
        """The scorer, which no other thread asks through this predictor inside the block."""
        with self._lock:
            yield self._model.scorer

    def split(self, documents: Sequence[Document]) -> Split:
        """One or more documents as the model takes them, without their facts."""
        settings = self._model.settings
        bare = [replace(document, facts=(), excluded=()) for document in documents]
        inputs = self._model.source.inputs(bare)
        return make_split(network_type(settings.model.system), bare, inputs, settings.candidates, settings.relations)

    def _checked(self, document: Document, source: str) -> Document | SetAside:
        document = self._types.renamed(document)
        try:
            check_size(document, self._model.settings.candidates, source)
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
            split = self.split(documents)
            found = {
                scored.number: self._relations(documents[scored.number], split, scored)
                for scored in passes(self._model.scorer, split, range(len(documents)), self._limits)
            }
        return [Answer(document, found[number]) for number, document in enumerate(documents)]

    def _relations(self, document: Document, split: Split, scored: ScoredDocument) -> DocumentRelations:
        pairs, threshold, settings = split.pairs[scored.number], self._choice.threshold, self._model.settings
        cells = np.argwhere(scored.scores.astype(np.float64) >= threshold).tolist()
        evidence = scored.evidence() if cells else None
        found = []
        for place, column in cells:
            weights = MentionWeights() if evidence is None else evidence.mentions(place)
            head, tail = related_entities(document, pairs[place], weights)
            relation = settings.relations[column]
            found.append(
                PredictedRelation(
                    head=head,
                    tail=tail,
                    relation=relation,
                    name=settings.name(relation),
                    score=float(scored.scores[place, column]),
                    threshold=threshold,
                    sentences=carrying_sentences((head, tail)),
                )
            )
        found.sort(key=lambda relation: -relation.score)
        return DocumentRelations(document.id, len(pairs), tuple(found[: self._top]))
