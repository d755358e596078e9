"""Why a model says what it says of one document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document
from glre.documents.relations import RelatedEntity
from glre.prediction.explanation.context import shown_pairs
from glre.prediction.explanation.probe import Probe, Scores
from glre.prediction.predictor import Predictor
from glre.prediction.related_entities import carrying_sentences, entity_name, related_entities
from glre.systems.evidence import MentionWeights, Weights
from glre.systems.trained import ModelSettings

OF_ASKED_PAIR = 3
"""Relations that are told of a pair that was asked for, whether they are predicted or not."""


@dataclass(frozen=True, slots=True)
class ContextPair:
    """Another pair of the document, its share of the attention among all pairs, and what is predicted for it.

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
    """The score of the relation when a part is silent, and the mean of that over the document's pairs."""

    part: str
    score: float
    mean: float


@dataclass(frozen=True, slots=True)
class ExplainedRelation:
    """A relation of a pair with what it rests on; it is predicted where `score` is at least `threshold`.

    `name` is the relation in words. `sentences`, from 0 and in order, are those of the head's and tail's mentions with
    no less than an even share of the attention. `mean` is the mean score of this relation over the document's pairs.
    `context` are the other pairs with the largest shares, largest first, down to LEAST; `own` is that of the pair
    itself; both are None where the model doesn't tell. `without` has the parts that may be silenced.
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
    probe = Probe(predictor, document)
    if pair is not None and pair not in probe.pairs:
        raise ValueError(f"{pair} is no candidate pair of document {document.id!r}")
    told = _Telling(document, probe, {}, settings, predictor.choice.threshold)
    if probe.pairs:
        told = replace(told, without={part: probe.without(part) for part in probe.parts})
    chosen = told.chosen(None if pair is None else probe.pairs.index(pair)) if probe.pairs else []
    return Explanation(
        model=f"{settings.dataset} {settings.experiment}, seed {settings.seed}",
        document=document,
        pairs=len(probe.pairs),
        predicted=int((probe.scores >= told.threshold).sum()),
        was_asked=pair is not None,
        relations=tuple(told.relation(place, column) for place, column in chosen),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Telling:
    """One document with its scores, whole and without each part."""

    document: Document
    probe: Probe
    without: Mapping[str, Scores]
    settings: ModelSettings
    threshold: float

    def chosen(self, asked: int | None) -> list[tuple[int, int]]:
        """Pair and relation, by their places, of what is told, highest score first."""
        rows = self.probe.scores if asked is None else self.probe.scores[[asked]]
        predicted = int((rows >= self.threshold).sum())
        count = max(predicted, 1 if asked is None else OF_ASKED_PAIR)
        order = np.argsort(-rows, axis=None, kind="stable")[:count].tolist()
        cells = (divmod(cell, len(self.settings.relations)) for cell in order)
        return [(row if asked is None else asked, column) for row, column in cells]

    def relation(self, place: int, column: int) -> ExplainedRelation:
        """The relation number `column` of pair number `place`."""
        evidence, relation = self.probe.evidence, self.settings.relations[column]
        weights = MentionWeights() if evidence is None else evidence.mentions(place)
        head, tail = related_entities(self.document, self.probe.pairs[place], weights)
        others = None if evidence is None else evidence.others(place)
        return ExplainedRelation(
            head=head,
            tail=tail,
            relation=relation,
            name=self.settings.name(relation),
            score=float(self.probe.scores[place, column]),
            threshold=self.threshold,
            mean=_mean(self.probe.scores, column),
            sentences=carrying_sentences((head, tail)),
            context=None if others is None else tuple(self._context(place, others)),
            own=None if others is None else float(others[place]),
            without=tuple(
                ScoreWithout(part, float(scores[place, column]), _mean(scores, column))
                for part, scores in self.without.items()
            ),
        )

    def _context(self, place: int, weights: Weights) -> Iterator[ContextPair]:
        for other in shown_pairs(weights, place):
            pair = self.probe.pairs[other.place]
            head, tail = self.document.entities[pair.head], self.document.entities[pair.tail]
            predicted = np.flatnonzero(self.probe.scores[other.place] >= self.threshold).tolist()
            names = tuple(self.settings.name(self.settings.relations[column]) for column in predicted)
            yield ContextPair(head.id, entity_name(head), tail.id, entity_name(tail), other.weight, names)


def _mean(scores: Scores, column: int) -> float:
    return float(scores[:, column].mean())
