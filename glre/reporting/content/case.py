"""A case study: one document with its entities, and the relations that hold or were predicted."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["correct", "missed", "false"]

OUTCOMES: dict[Outcome, str] = {"correct": "correct", "missed": "missed", "false": "false positive"}
"""How each outcome is called."""


@dataclass(frozen=True, slots=True)
class MentionPlace:
    """A mention by the places of its entity in the document and of itself in the entity."""

    entity: int
    mention: int

    def __str__(self) -> str:
        """As the page's script reads it."""
        return f"{self.entity}.{self.mention}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a sentence's text that belongs to the same mentions; `ended` are the types of those that end here."""

    text: str
    mentions: tuple[MentionPlace, ...] = ()
    ended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseEntity:
    """An entity by the text of its first mention; `hue` (degrees) tells it from the document's others."""

    id: str
    name: str
    type: str
    mentions: int
    hue: int


@dataclass(frozen=True, slots=True)
class MentionWeight:
    """How much of the model's attention a mention gets, from 0 to 1; `sentence` counts from 1."""

    place: MentionPlace
    text: str
    sentence: int
    weight: float


@dataclass(frozen=True, slots=True)
class PairWeight:
    """How much of the attention to pairs (θ) a pair of the document gets, by the names of its entities.

    `predicted` are the relations in words that are predicted for it, None where that is not told.
    """

    head: str
    tail: str
    weight: float
    predicted: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class RelationAttention:
    """Where the model looked for a pair: None for what it does not tell, `context` of other pairs alone."""

    head: tuple[MentionWeight, ...] | None
    tail: tuple[MentionWeight, ...] | None
    context: tuple[PairWeight, ...] | None
    own: float | None
    """Share of the pair itself."""

    @property
    def is_told(self) -> bool:
        """Whether the model tells anything of it."""
        return not (self.head is None and self.tail is None and self.context is None)


@dataclass(frozen=True, slots=True)
class CaseRelation:
    """A gold or predicted relation, its entities by their places in the case.

    `distance` is the least number of sentences between them. `sentences`, counted from 1, are the annotators' evidence
    where there is any, else those of the two nearest mentions. `attention` is None where there is no model to ask, or
    where it was not asked about the pair.
    """

    outcome: Outcome
    head: int
    tail: int
    name: str
    score: float
    distance: int
    sentences: tuple[int, ...]
    attention: RelationAttention | None


@dataclass(frozen=True, slots=True)
class Case:
    """A document of a point's case studies; `anchor` is unlike that of any other on the page."""

    anchor: str
    document_id: str
    title: str
    sentences: tuple[tuple[Piece, ...], ...]
    entities: tuple[CaseEntity, ...]
    relations: tuple[CaseRelation, ...]
    missing_attention: str
    """Why there is none, where there is none."""

    def count(self, outcome: Outcome) -> int:
        """How many relations came out so."""
        return sum(relation.outcome == outcome for relation in self.relations)
