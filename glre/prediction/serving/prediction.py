"""A predicted relation as one flat row."""

from pydantic import BaseModel, ConfigDict

from glre.documents.relations import DocumentRelations


class Prediction(BaseModel):
    """A relation that holds by the model's threshold, between entities by their ids."""

    model_config = ConfigDict(frozen=True)

    document_id: str
    head_id: str
    tail_id: str
    relation: str
    score: float


def prediction_rows(found: DocumentRelations) -> list[Prediction]:
    """A row for each relation of the document."""
    return [
        Prediction(
            document_id=found.document_id,
            head_id=relation.head.id,
            tail_id=relation.tail.id,
            relation=relation.relation,
            score=relation.score,
        )
        for relation in found.relations
    ]
