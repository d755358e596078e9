"""A relation as a row of a table, by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from glre.documents.relations import DocumentRelations, WeighedMention


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A relation of a document; the fields are the columns, in their order, and mean what `PredictedRelation` says."""

    document_id: str
    head_id: str
    head_name: str
    head_type: str
    tail_id: str
    tail_name: str
    tail_type: str
    relation: str
    relation_name: str
    score: float
    threshold: float
    sentences: tuple[int, ...]
    head_mentions: tuple[WeighedMention, ...]
    tail_mentions: tuple[WeighedMention, ...]


def relation_rows(found: DocumentRelations) -> Iterator[RelationRow]:
    """A row for each relation of the document, in their order."""
    for own in found.relations:
        yield RelationRow(
            document_id=found.document_id,
            head_id=own.head.id,
            head_name=own.head.name,
            head_type=own.head.type,
            tail_id=own.tail.id,
            tail_name=own.tail.name,
            tail_type=own.tail.type,
            relation=own.relation,
            relation_name=own.name,
            score=own.score,
            threshold=own.threshold,
            sentences=own.sentences,
            head_mentions=own.head.mentions,
            tail_mentions=own.tail.mentions,
        )
