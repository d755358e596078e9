"""Which entity pairs of a document are asked for relations."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations

from glre.documents.document import Document
from glre.settings import CandidateRule


@dataclass(frozen=True, slots=True)
class CandidatePair:
    """An ordered pair of different entities, by their places in `Document.entities`."""

    head: int
    tail: int


def candidate_pairs(document: Document, rules: Iterable[CandidateRule]) -> tuple[CandidatePair, ...]:
    """Every ordered pair of different entities that fits at least one rule, once, by head and then by tail.

    Made from entity types alone: no gold relation takes part, and pairs in `Document.excluded` are among them.
    """
    wanted = {(rule.head, rule.tail) for rule in rules}
    types = [entity.type for entity in document.entities]
    return tuple(
        CandidatePair(head, tail)
        for head, tail in permutations(range(len(types)), 2)
        if not wanted.isdisjoint(((types[head], types[tail]), (types[head], None), (None, types[tail]), (None, None)))
    )
