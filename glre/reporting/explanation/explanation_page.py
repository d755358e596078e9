"""The explanation of one document as an HTML page that asks for nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from glre.documents.relations import RelatedEntity
from glre.prediction.explanation.explanation import ExplainedRelation, Explanation
from glre.reporting.cases.case_text import case_entities, sentence_pieces
from glre.reporting.content.case import CaseEntity, MentionPlace, MentionWeight, PairWeight, Piece, RelationAttention
from glre.reporting.explanation.explanation_words import (
    ABLATION,
    NOTHING_TOLD,
    AblatedRow,
    ablated_rows,
    looking_in_words,
    outcome_in_words,
    tells_parts,
)
from glre.reporting.page.templating import environment


@dataclass(frozen=True, slots=True)
class PageRelation:
    """A relation as the page shows it, its entities by their places in the document, sentences counted from 1."""

    head: int
    tail: int
    name: str
    score: float
    threshold: float
    is_predicted: bool
    sentences: tuple[int, ...]
    attention: RelationAttention
    ablation: tuple[AblatedRow, ...]


@dataclass(frozen=True, slots=True)
class ExplanationPage:
    """What the page's template is filled from."""

    title: str
    document_id: str
    model: str
    outcome: str
    pairs: int
    sentences: tuple[tuple[Piece, ...], ...]
    entities: tuple[CaseEntity, ...]
    relations: tuple[PageRelation, ...]


def explanation_html(explanation: Explanation) -> str:
    """The page with its style and its script inside; all that comes from data is escaped."""
    page = _page(explanation)
    template = environment(autoescape=True).get_template("explanation.html.j2")
    title = f"{page.title or page.document_id}: relations explained"
    return template.render(case=page, title=title, reading=_reading(explanation))


def _reading(explanation: Explanation) -> list[str]:
    """Paragraphs on how to read the relations, of which there are some."""
    if not explanation.relations:
        return []
    outlines = "Choosing a relation outlines the mentions of its head and, dashed, of its tail."
    looking = looking_in_words(explanation)
    line = "Where there are bars, the line across them is the threshold."
    if tells_parts(explanation):
        sums = "Nor do the changes add up to the score, for what two parts both know is missed in neither."
        return [f"{outlines} {looking}".strip(), f"{ABLATION} {sums} {line}"]
    return [f"{outlines} {looking or NOTHING_TOLD}", line]


def _page(explanation: Explanation) -> ExplanationPage:
    document = explanation.document
    places = {entity.id: number for number, entity in enumerate(document.entities)}
    return ExplanationPage(
        title=document.title,
        document_id=document.id,
        model=explanation.model,
        outcome=outcome_in_words(explanation),
        pairs=explanation.pairs,
        sentences=tuple(sentence_pieces(document, number) for number in range(len(document.sentences))),
        entities=case_entities(document),
        relations=tuple(_relation(relation, places) for relation in explanation.relations),
    )


def _relation(relation: ExplainedRelation, places: Mapping[str, int]) -> PageRelation:
    head, tail = places[relation.head.id], places[relation.tail.id]
    context = None
    if relation.context is not None:
        context = tuple(
            PairWeight(pair.head_name, pair.tail_name, pair.weight, pair.predicted) for pair in relation.context
        )
    return PageRelation(
        head=head,
        tail=tail,
        name=relation.name,
        score=relation.score,
        threshold=relation.threshold,
        is_predicted=relation.is_predicted,
        sentences=tuple(sentence + 1 for sentence in relation.sentences),
        attention=RelationAttention(
            _weights(relation.head, head), _weights(relation.tail, tail), context, relation.own
        ),
        ablation=ablated_rows(relation),
    )


def _weights(entity: RelatedEntity, place: int) -> tuple[MentionWeight, ...] | None:
    weighed = tuple(
        MentionWeight(MentionPlace(place, number), mention.text, mention.sentence + 1, mention.weight)
        for number, mention in enumerate(entity.mentions)
        if mention.weight is not None
    )
    return weighed or None
