"""Why a model says what it says of one document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document
from glre.documents.relations import RelatedEntity
from glre.prediction.evidence import carrying_sentences, entity_name, related_entities
from glre.prediction.explanation.ablation import AblatedScores, Part, Scores, ablated_scores
from glre.prediction.explanation.own_copy import encoded_copy
from glre.prediction.explanation.pair_attention import PairAttention
from glre.prediction.limits import check_size
from glre.prediction.predictor import Predictor
from glre.systems.glre.attention_weights import Weights
from glre.systems.trained import ModelSettings

CONTEXT = 5
"""Pairs of the context attention that are told, at most."""
LEAST = 0.001
"""Share of the context attention below which a pair is not told."""
OF_ASKED_PAIR = 3
"""Relations that are told of a pair that was asked for, whether they are predicted or not."""


@dataclass(frozen=True, slots=True)
class ContextPair:
    """Another pair of the document, its share θ of the context attention (Eq. 8), and what is predicted for it.

    `head` and `tail` are ids, `predicted` relations in words.
    """

    head: str
    head_name: str
    tail: str
    tail_name: str
    weight: float
    predicted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoreWithout:
    """The score of the relation when a part's input is ablated, and the mean of that over the document's pairs."""

    part: Part
    score: float
    mean: float


@dataclass(frozen=True, slots=True)
class ExplainedRelation:
    """A relation of a pair with what it rests on; it is predicted where `score` is at least `threshold`.

    `name` is the relation in words. `sentences`, from 0 and in order, are those of the head's and tail's mentions with
    no less than an even share of the attention. `mean` is the mean score of this relation over the document's pairs.
    `context` are the other pairs with the largest θ, largest first, down to LEAST; `own` is θ of the pair itself; both
    are None for a model without context. `without` has the parts that the model has.
    """

    head: RelatedEntity
    tail: RelatedEntity
    relation: str
    name: str
    score: float
    threshold: float
    mean: float
    sentences: tuple[int, ...]
    context: tuple[ContextPair, ...] | None
    own: float | None
    without: tuple[ScoreWithout, ...]

    @property
    def is_predicted(self) -> bool:
        """Whether the model says that the relation holds."""
        return self.score >= self.threshold


@dataclass(frozen=True, slots=True)
class Explanation:
    """A document and its relations, highest score first, out of `pairs` candidate pairs of which one `was_asked` for.

    `predicted` counts all relations that are predicted in it. Where no pair was asked for, the relations are these; if
    there is none, the one with the highest score.
    """

    model: str
    document: Document
    pairs: int
    predicted: int
    was_asked: bool
    relations: tuple[ExplainedRelation, ...]


def explain(predictor: Predictor, document: Document, pair: CandidatePair | None = None) -> Explanation:
    """What the model says of `document`, or of one candidate pair in it, and why; facts are not looked at.

    InputError where the document is too large, ValueError where `pair` is no candidate pair of it.
    """
    settings = predictor.model.settings
    check_size(document, settings.candidates)
    with predictor.alone() as glre:
        split = predictor.split([replace(document, facts=(), excluded=())])
        pairs = split.pairs[0]
        if pair is not None and pair not in pairs:
            raise ValueError(f"{pair} is no candidate pair of document {document.id!r}")
        if not pairs:
            return Explanation(_label(settings), document, pairs=0, predicted=0, was_asked=False, relations=())
        batch = split.batch([0]).to(next(glre.parameters()).device)
        own = encoded_copy(glre, batch.inputs, batch.graph)
    scores = ablated_scores(own, batch.inputs, batch.graph)
    attention = PairAttention(own, batch.inputs, batch.graph)
    names = tuple(predictor.names.get(relation, relation) for relation in settings.relations)
    told = _Telling(document, pairs, scores, attention, settings.relations, names, predictor.choice.threshold)
    chosen = told.chosen(None if pair is None else pairs.index(pair))
    return Explanation(
        model=_label(settings),
        document=document,
        pairs=len(pairs),
        predicted=int((scores.whole >= told.threshold).sum()),
        was_asked=pair is not None,
        relations=tuple(told.relation(place, column) for place, column in chosen),
    )


def _label(settings: ModelSettings) -> str:
    return f"{settings.dataset} {settings.experiment}, seed {settings.seed}"


@dataclass(frozen=True, slots=True, eq=False)
class _Telling:
    """One document with its scores `[pairs, relations]`; `names` are the `relations` in words."""

    document: Document
    pairs: Sequence[CandidatePair]
    scores: AblatedScores
    attention: PairAttention
    relations: Sequence[str]
    names: Sequence[str]
    threshold: float

    def chosen(self, asked: int | None) -> list[tuple[int, int]]:
        """Pair and relation, by their places, of what is told, highest score first."""
        rows = self.scores.whole if asked is None else self.scores.whole[[asked]]
        predicted = int((rows >= self.threshold).sum())
        count = max(predicted, 1 if asked is None else OF_ASKED_PAIR)
        order = np.argsort(-rows, axis=None, kind="stable")[:count].tolist()
        cells = (divmod(cell, len(self.relations)) for cell in order)
        return [(row if asked is None else asked, column) for row, column in cells]

    def relation(self, place: int, column: int) -> ExplainedRelation:
        """The relation number `column` of pair number `place`."""
        head, tail = related_entities(self.document, self.pairs[place], self.attention.local)
        theta = self.attention.context(place)
        return ExplainedRelation(
            head=head,
            tail=tail,
            relation=self.relations[column],
            name=self.names[column],
            score=float(self.scores.whole[place, column]),
            threshold=self.threshold,
            mean=_mean(self.scores.whole, column),
            sentences=carrying_sentences((head, tail)),
            context=None if theta is None else tuple(self._context(place, theta)),
            own=None if theta is None else float(theta[place]),
            without=tuple(self._without(place, column)),
        )

    def _context(self, place: int, weights: Weights) -> Iterator[ContextPair]:
        order = np.argsort(-weights, kind="stable")[: CONTEXT + 1].tolist()
        for other in [other for other in order if other != place and weights[other] >= LEAST][:CONTEXT]:
            head, tail = (self.document.entities[end] for end in (self.pairs[other].head, self.pairs[other].tail))
            found = self.scores.whole[other] >= self.threshold
            names = tuple(name for name, is_predicted in zip(self.names, found, strict=True) if is_predicted)
            yield ContextPair(head.id, entity_name(head), tail.id, entity_name(tail), float(weights[other]), names)

    def _without(self, place: int, column: int) -> Iterator[ScoreWithout]:
        for part in Part:
            scores = self.scores.without(part)
            if scores is not None:
                yield ScoreWithout(part, float(scores[place, column]), _mean(scores, column))


def _mean(scores: Scores, column: int) -> float:
    return float(scores[:, column].mean())
