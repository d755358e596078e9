"""A case study's relations as a table, for where there is nothing to choose and open."""

from glre.reporting.content.blocks import Column, Group, Row, Table
from glre.reporting.content.case import OUTCOMES, Case, CaseRelation, MentionWeight
from glre.reporting.content.figures_in_words import ABSENT, score, sentences_apart, share


def case_table(case: Case) -> Table:
    """One row for each relation; where the model looked in the last three columns, if there are some that tell."""
    headings = ("outcome", "head", "relation", "tail")
    further = ["apart", "sentences"]
    if _is_told(case):
        further += ["head's mentions", "tail's mentions", "other pairs"]
    return Table(
        f"Relations of {case.title or case.document_id}",
        (*map(Column, headings), Column("score", is_figure=True), *map(Column, further)),
        (Group(tuple(_row(case, relation) for relation in case.relations)),),
    )


def _is_told(case: Case) -> bool:
    return any(relation.attention is not None and relation.attention.is_told for relation in case.relations)


def _row(case: Case, relation: CaseRelation) -> Row:
    attention = relation.attention
    looked = (
        ABSENT if attention is None else _mentions(attention.head),
        ABSENT if attention is None else _mentions(attention.tail),
        _context(relation),
    )
    return Row(
        (
            OUTCOMES[relation.outcome],
            case.entities[relation.head].name,
            relation.name,
            case.entities[relation.tail].name,
            score(relation.score),
            sentences_apart(relation.distance),
            ", ".join(map(str, relation.sentences)),
            *(looked if _is_told(case) else ()),
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
