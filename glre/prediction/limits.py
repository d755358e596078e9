"""How large a document may be."""

from collections import Counter
from collections.abc import Iterable

from glre.counted import counted
from glre.documents.document import Document
from glre.errors import InputError
from glre.settings import CandidateRule

MOST_WORDS = 50_000
MOST_PAIRS = 50_000
"""Candidate pairs of one document; a system may compare all of them with each other: minutes of work."""


def check_size(document: Document, rules: Iterable[CandidateRule], source: str = "") -> None:
    """InputError where the document has more words or candidate pairs than a model is given at once.

    It names the `source` that the document comes from, where there is one.
    """
    place = f"{source}, document {document.id!r}" if source else f"document {document.id!r}"
    if document.words > MOST_WORDS:
        raise InputError(place, counted(document.words, "word"), f"at most {MOST_WORDS:,}: cut it into parts")
    pairs = pair_count(document, rules)
    if pairs > MOST_PAIRS:
        found = f"{counted(pairs, 'candidate pair')} of {counted(len(document.entities), 'entity', 'entities')}"
        raise InputError(place, found, f"at most {MOST_PAIRS:,}: cut it into parts")


def pair_count(document: Document, rules: Iterable[CandidateRule]) -> int:
    """How many pairs `candidate_pairs` would list, without listing them."""
    wanted = {(rule.head, rule.tail) for rule in rules}
    types = Counter(entity.type for entity in document.entities)
    return sum(
        heads * (tails - (head == tail))
        for head, heads in types.items()
        for tail, tails in types.items()
        if not wanted.isdisjoint(((head, tail), (head, None), (None, tail), (None, None)))
    )
