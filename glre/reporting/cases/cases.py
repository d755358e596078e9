"""Case studies as in Table 6 of the paper: documents, what was found in them, and what the model looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document
from glre.errors import InputError
from glre.evaluation.breakdowns.error_groups import closest_mentions
from glre.prediction.explanation.context import OtherPair, shown_pairs
from glre.prediction.explanation.probe import Looked
from glre.prediction.related_entities import entity_name
from glre.reporting.cases.case_choice import shown_rows
from glre.reporting.cases.case_text import case_entities, sentence_pieces
from glre.reporting.content.case import (
    Case,
    CaseRelation,
    MentionPlace,
    MentionWeight,
    Outcome,
    PairWeight,
    RelationAttention,
)
from glre.systems.evidence import Weights

UNTOLD = "There is no attention to show: this system does not tell where it looks."
_ORDER: dict[Outcome, int] = {"correct": 0, "missed": 1, "false": 2}


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """What the case studies of a point are made from.

    `documents` are all of the split that is reported, `chosen` those that are shown, with `predictions` of this `seed`
    and, by document id, `attention` where there is a model to ask; `missing_attention` says why there is none.
    """

    documents: tuple[Document, ...]
    chosen: tuple[Document, ...]
    seed: int
    predictions: pd.DataFrame
    attention: Mapping[str, Looked]
    missing_attention: str = ""


def case_studies(point: str, study: Study, names: Mapping[str, str]) -> tuple[Case, ...]:
    """The chosen documents of the point called `point`, in their order; `names` are the relations' in words."""
    return tuple(
        case_study(
            f"case-{point}-{number}",
            document,
            study.predictions,
            names,
            study.attention.get(document.id),
            study.missing_attention,
        )
        for number, document in enumerate(study.chosen, start=1)
    )


def case_study(
    anchor: str,
    document: Document,
    predictions: pd.DataFrame,
    names: Mapping[str, str],
    attention: Looked | None,
    missing_attention: str,
) -> Case:
    """A document with its rows of `predictions` (of one split and seed); `names` are the relations' in words.

    Relations stand by outcome, then by score. `missing_attention` says why there is no attention where there is none.
    """
    rows = shown_rows(predictions[predictions["document_id"] == document.id])
    places = {entity.id: number for number, entity in enumerate(document.entities)}
    pairs = {} if attention is None else {pair: place for place, pair in enumerate(attention.pairs)}
    relations = []
    for row in rows.to_dict("records"):
        pair = CandidatePair(*(_place(places, str(row[end]), document) for end in ("head_id", "tail_id")))
        shown = None
        if attention is not None and pair in pairs:
            shown = _attention(document, attention, pair, pairs[pair])
        relations.append(
            CaseRelation(
                outcome=_outcome(row),
                head=pair.head,
                tail=pair.tail,
                name=names.get(str(row["relation"]), str(row["relation"])),
                score=float(row["score"]),
                distance=int(row["distance"]),
                sentences=_sentences(document, pair, str(row["relation"])),
                attention=shown,
            )
        )
    relations.sort(key=lambda relation: (_ORDER[relation.outcome], -relation.score))
    return Case(
        anchor=anchor,
        document_id=document.id,
        title=document.title,
        sentences=tuple(sentence_pieces(document, number) for number in range(len(document.sentences))),
        entities=case_entities(document),
        relations=tuple(relations),
        missing_attention=_missing(attention, missing_attention),
    )


def _missing(attention: Looked | None, reason: str) -> str:
    if attention is None:
        return reason
    return UNTOLD if attention.pairs and attention.evidence is None else ""


def _place(places: Mapping[str, int], entity: str, document: Document) -> int:
    if entity not in places:
        place = f"predictions, document {document.id!r}"
        raise InputError(place, f"the unknown entity {entity!r}", "an entity of the document")
    return places[entity]


def _outcome(row: Mapping[Any, Any]) -> Outcome:
    if not row["gold"]:
        return "false"
    return "correct" if row["predicted"] else "missed"


def _sentences(document: Document, pair: CandidatePair, relation: str) -> tuple[int, ...]:
    head, tail = document.entities[pair.head], document.entities[pair.tail]
    for fact in document.facts:
        if (fact.head, fact.tail, fact.relation) == (head.id, tail.id, relation) and fact.evidence:
            return tuple(sorted({number + 1 for number in fact.evidence}))
    return tuple(sorted({mention.sentence + 1 for mention in closest_mentions(document, head, tail)}))


def _attention(document: Document, looked: Looked, pair: CandidatePair, place: int) -> RelationAttention | None:
    """None where the system can't tell where it looked."""
    if looked.evidence is None:
        return None
    others = looked.evidence.others(place)
    weights = looked.evidence.mentions(place)
    context = None if others is None else [_pair(document, looked, other) for other in shown_pairs(others, place)]
    return RelationAttention(
        head=_mention_weights(document, pair.head, weights.head),
        tail=_mention_weights(document, pair.tail, weights.tail),
        context=None if context is None else tuple(context),
        own=None if others is None else float(others[place]),
    )


def _pair(document: Document, looked: Looked, other: OtherPair) -> PairWeight:
    head, tail = (document.entities[end] for end in (looked.pairs[other.place].head, looked.pairs[other.place].tail))
    return PairWeight(entity_name(head), entity_name(tail), other.weight)


def _mention_weights(document: Document, entity: int, weights: Weights | None) -> tuple[MentionWeight, ...] | None:
    if weights is None:
        return None
    mentions = document.entities[entity].mentions
    return tuple(
        MentionWeight(MentionPlace(entity, number), mention.text, mention.sentence + 1, float(weight))
        for number, (mention, weight) in enumerate(zip(mentions, weights, strict=True))
    )
