"""An explanation of a document of our own, whose texts and names do their best to break out of page and terminal."""

from dataclasses import replace
from typing import Any

from small_report import SCRIPT, attention, document

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document, Entity
from glre.prediction.explanation.explanation import ContextPair, ExplainedRelation, Explanation, ScoreWithout
from glre.prediction.related_entities import carrying_sentences, related_entities

ESCAPE = "\x1b[31m\x9b2J\x07\u202e"
THRESHOLD = 0.5


def made(**changes: Any) -> Explanation:
    """Three relations, the last below the threshold; `changes` are made to the explanation."""
    source = document("one")
    source = replace(source, title=f"A title {SCRIPT}{ESCAPE}", entities=tuple(map(_with_escape, source.entities)))
    relations = (
        relation(source, CandidatePair(1, 2), 0.9),
        relation(source, CandidatePair(4, 0), 0.625, name=f"causes {SCRIPT}{ESCAPE}"),
        relation(source, CandidatePair(0, 3), 0.25),
    )
    plain = Explanation("own glre, seed 3", source, 20, 2, was_asked=False, relations=relations)
    return replace(plain, **changes)


def relation(
    source: Document, pair: CandidatePair, score: float, name: str = "causes", **changes: Any
) -> ExplainedRelation:
    """A relation of the pair, with weights that differ; `changes` are made to it."""
    looked = attention(source)
    assert looked.evidence is not None
    head, tail = related_entities(source, pair, looked.evidence.mentions(looked.pairs.index(pair)))
    other, another = source.entities[3], source.entities[2]
    plain = ExplainedRelation(
        head=head,
        tail=tail,
        relation="R1",
        name=name,
        score=score,
        threshold=THRESHOLD,
        mean=0.3,
        sentences=carrying_sentences((head, tail)),
        context=(
            ContextPair(other.id, other.mentions[0].text, another.id, another.mentions[0].text, 0.4, (f"R {SCRIPT}",)),
            ContextPair(another.id, another.mentions[0].text, other.id, other.mentions[0].text, 0.05, ()),
        ),
        own=0.5,
        without=(
            ScoreWithout("global", score - 0.125, 0.31),
            ScoreWithout("local", score / 4, 0.32),
            ScoreWithout("context", min(1.0, score + 0.0625), 0.33),
        ),
    )
    return replace(plain, **changes)


def scores_alone(source: Explanation) -> Explanation:
    """The same of a system that tells nothing of where it looks, and of which nothing may be silenced."""
    bare = without_parts(source)
    relations = tuple(
        replace(told, without=(), sentences=carrying_sentences((told.head, told.tail))) for told in bare.relations
    )
    return replace(bare, relations=relations)


def without_parts(source: Explanation) -> Explanation:
    """The same of a model that has neither local nor context representations."""

    def bare(told: ExplainedRelation) -> ExplainedRelation:
        ends = {
            role: replace(end, mentions=tuple(replace(mention, weight=None) for mention in end.mentions))
            for role, end in (("head", told.head), ("tail", told.tail))
        }
        return replace(told, **ends, context=None, own=None, without=told.without[:1])

    return replace(source, relations=tuple(map(bare, source.relations)))


def _with_escape(entity: Entity) -> Entity:
    first = replace(entity.mentions[0], text=entity.mentions[0].text + ESCAPE)
    return replace(entity, id=f"{entity.id}", mentions=(first, *entity.mentions[1:]))
