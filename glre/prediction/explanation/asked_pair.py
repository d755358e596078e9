"""A pair of entities as people name it: `HEAD,TAIL`, each by its id or by the words of a mention."""

from collections.abc import Iterator, Sequence

from glre.documents.candidates import CandidatePair, candidate_pairs
from glre.documents.document import Document
from glre.errors import InputError
from glre.settings import CandidateRule

_NAMED = 3
"""Pairs that a message names."""


def asked_pair(document: Document, asked: str, rules: Sequence[CandidateRule]) -> CandidatePair:
    """The candidate pair that `asked` names, by ids, else by mentions in whatever case.

    InputError, with some pairs that are there, where it names no entities, a pair that no rule makes a candidate, or
    several candidates.
    """
    place = f"document {document.id!r}, pair {asked!r}"
    pairs = candidate_pairs(document, rules)
    named = [
        CandidatePair(head, tail)
        for left, right in _splits(asked)
        for head in _entities(document, left)
        for tail in _entities(document, right)
    ]
    fitting = [pair for pair in dict.fromkeys(named) if pair in pairs]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise InputError(place, "several pairs of these names", f"one by its ids: {_listed(document, fitting)}")
    turned = [pair for pair in pairs if CandidatePair(pair.tail, pair.head) in named]
    expected = f"HEAD,TAIL by their ids, such as {_listed(document, [*turned, *pairs])}"
    if not pairs:
        expected = "a document with entities of the types that the model relates"
    if not named:
        raise InputError(place, _unknown(document, asked), expected)
    head, tail = (document.entities[end] for end in (named[0].head, named[0].tail))
    raise InputError(place, f"a pair that the model is never asked about, {head.type} and {tail.type}", expected)


def _splits(asked: str) -> Iterator[tuple[str, str]]:
    """At each comma, for ids and names may have some."""
    parts = asked.split(",")
    for place in range(1, len(parts)):
        yield ",".join(parts[:place]).strip(), ",".join(parts[place:]).strip()


def _entities(document: Document, name: str) -> list[int]:
    by_id = [number for number, entity in enumerate(document.entities) if entity.id == name]
    return by_id or [
        number
        for number, entity in enumerate(document.entities)
        if any(mention.text.casefold() == name.casefold() for mention in entity.mentions)
    ]


def _unknown(document: Document, asked: str) -> str:
    splits = list(_splits(asked))
    if not splits:
        return "no comma between two names"
    names = [name for name in splits[0] if not _entities(document, name)]
    return f"no entity {names[0]!r}" if names and len(splits) == 1 else "no two entities of these names"


def _listed(document: Document, pairs: Sequence[CandidatePair]) -> str:
    distinct = list(dict.fromkeys(pairs))
    ids = (f"{document.entities[pair.head].id},{document.entities[pair.tail].id}" for pair in distinct[:_NAMED])
    return ", ".join(map(repr, ids)) + (", …" if len(distinct) > _NAMED else "")
