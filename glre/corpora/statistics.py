"""What a split holds, in numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from glre.documents.candidates import candidate_pairs
from glre.documents.document import Document
from glre.settings import CandidateRule


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts over a split. A composite mention counts once for each of its entities.

    Candidate pairs are positive (one or more facts), excluded, or negative. `facts` are all gold relations, those
    whose pair is no candidate included.
    """

    documents: int
    sentences: int
    words: int
    entities: int
    mentions: int
    positive_pairs: int
    negative_pairs: int
    excluded_pairs: int
    facts: int


def count(documents: Sequence[Document], rules: Iterable[CandidateRule]) -> Statistics:
    """Count what `documents` hold, with the candidate pairs that `rules` ask for."""
    rules = tuple(rules)
    positive = negative = excluded = 0
    for document in documents:
        facts = {(fact.head, fact.tail) for fact in document.facts}
        left_out = {(pair.head, pair.tail) for pair in document.excluded}
        for pair in candidate_pairs(document, rules):
            ids = (document.entities[pair.head].id, document.entities[pair.tail].id)
            positive += ids in facts
            excluded += ids not in facts and ids in left_out
            negative += ids not in facts and ids not in left_out
    return Statistics(
        documents=len(documents),
        sentences=sum(len(document.sentences) for document in documents),
        words=sum(document.words for document in documents),
        entities=sum(len(document.entities) for document in documents),
        mentions=sum(len(entity.mentions) for document in documents for entity in document.entities),
        positive_pairs=positive,
        negative_pairs=negative,
        excluded_pairs=excluded,
        facts=sum(len(document.facts) for document in documents),
    )
