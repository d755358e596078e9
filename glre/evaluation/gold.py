"""What is true of a document's candidate pairs, and which of them count."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document, Fact
from glre.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class PairLabels:
    """Gold of a document's candidate pairs.

    `gold` [pairs, relations]: the relation holds. `counted` [pairs]: not among `Document.excluded`, so that the pair
    takes part in loss and metrics. `facts`: distinct gold facts of the document, also those without a cell in `gold`.
    """

    gold: npt.NDArray[np.bool_]
    counted: npt.NDArray[np.bool_]
    facts: int


def pair_labels(document: Document, pairs: Sequence[CandidatePair], relations: Sequence[str]) -> PairLabels:
    """Labels of `pairs`; InputError where an excluded pair has a gold fact, which would then be lost from the count."""
    entity = {entity.id: number for number, entity in enumerate(document.entities)}
    row = {(pair.head, pair.tail): number for number, pair in enumerate(pairs)}
    column = {relation: number for number, relation in enumerate(relations)}
    gold = np.zeros((len(pairs), len(relations)), dtype=np.bool_)
    counted = np.ones(len(pairs), dtype=np.bool_)
    excluded = {(pair.head, pair.tail) for pair in document.excluded}
    for head, tail in excluded:
        place = row.get((entity[head], entity[tail]))
        if place is not None:
            counted[place] = False
    facts = distinct_facts(document)
    for fact in facts:
        if (fact.head, fact.tail) in excluded:
            raise InputError(
                f"document {document.id!r}",
                f"the gold fact ({fact.head}, {fact.relation}, {fact.tail}) of a pair that is left out of evaluation",
                "only pairs without gold facts to be left out",
            )
        place = row.get((entity[fact.head], entity[fact.tail]))
        if place is not None and fact.relation in column:
            gold[place, column[fact.relation]] = True
    return PairLabels(gold, counted, len(facts))


def distinct_facts(document: Document) -> tuple[Fact, ...]:
    """The document's facts in their order, without those that repeat a head, tail and relation."""
    found: dict[tuple[str, str, str], Fact] = {}
    for fact in document.facts:
        found.setdefault((fact.head, fact.tail, fact.relation), fact)
    return tuple(found.values())
