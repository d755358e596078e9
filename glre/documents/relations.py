"""What a model says of a document: relations, and what of the document each of them rests on."""

from dataclasses import dataclass

from glre.documents.document import Document


@dataclass(frozen=True, slots=True)
class WeighedMention:
    """A mention of a head or tail, and its share of what the model sees of its entity, given the other entity.

    `sentence` counts from 0. `start` and `end` (exclusive) are characters of the document's text; where the source has
    words and no text, they are words of the sentence. `weight` is None where the model doesn't tell.
    """

    text: str
    sentence: int
    start: int
    end: int
    weight: float | None


@dataclass(frozen=True, slots=True)
class RelatedEntity:
    """The head or tail of a relation: `name` is the text of its first mention, mentions are in the text's order."""

    id: str
    name: str
    type: str
    mentions: tuple[WeighedMention, ...]


@dataclass(frozen=True, slots=True)
class PredictedRelation:
    """A relation whose score is at least `threshold`.

    `name` is the relation in words, itself where there are none. `sentences`, from 0 and in order, carried it: those
    of the head's and tail's mentions with no less than an even share of the attention.
    """

    head: RelatedEntity
    tail: RelatedEntity
    relation: str
    name: str
    score: float
    threshold: float
    sentences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DocumentRelations:
    """The relations of one document, highest score first, out of `pairs` candidate pairs."""

    document_id: str
    pairs: int
    relations: tuple[PredictedRelation, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A document with what a model says of it."""

    document: Document
    found: DocumentRelations
