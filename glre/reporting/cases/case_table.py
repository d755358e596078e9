"""A case study's relations as a table, for where there is nothing to choose and open."""

from glre.reporting.content.blocks import Column, Group, Row, Table
from glre.reporting.content.case import OUTCOMES, Case, CaseRelation, MentionWeight
from glre.reporting.content.figures_in_words import ABSENT, score, sentences_apart, share


def case_table(case: Case) -> Table:
    """One row for each relation, what the model looked at in the last three columns."""
    headings = ("outcome", "head", "relation", "tail")
    attended = ("apart", "sentences", "head's mentions", "tail's mentions", "context (θ)")
    return Table(
        f"Relations of {case.title or case.document_id}",
        (*map(Column, headings), Column("score", is_figure=True), *map(Column, attended)),
        (Group(tuple(_row(case, relation) for relation in case.relations)),),
    )


def _row(case: Case, relation: CaseRelation) -> Row:
    attention = relation.attention
    return Row(
        (
            OUTCOMES[relation.outcome],
            case.entities[relation.head].name,
            relation.name,
            case.entities[relation.tail].name,
            score(relation.score),
            sentences_apart(relation.distance),
            ", ".join(map(str, relation.sentences)),
            ABSENT if attention is None else _mentions(attention.head),
            ABSENT if attention is None else _mentions(attention.tail),
            _context(relation),
        )
    )


def _mentions(weights: tuple[MentionWeight, ...] | None) -> str:
    if weights is None:
        return ABSENT
    return ", ".join(f"{mention.text} (sentence {mention.sentence}) {share(mention.weight)}" for mention in weights)


def _context(relation: CaseRelation) -> str:
    if relation.attention is None or relation.attention.context is None or relation.attention.own is None:
        return ABSENT
    others = (f"{pair.head} → {pair.tail} {share(pair.weight)}" for pair in relation.attention.context)
    return ", ".join((f"itself {share(relation.attention.own)}", *others))
