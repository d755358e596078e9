"""What a parser makes of a source, a document at a time; `reader` and `corpus_file` differ in what they do with it.

Whatever keeps a parser from making a document sets it aside. What else a format doesn't have, and can be read all the
same, is `irregular`; what is said of relations is not looked at before it is asked for.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from glre.documents.document import Document, ExcludedPair, Fact
from glre.errors import InputError
from glre.formats.entity_ids import entity_ids
from glre.formats.passed_over import PassedOver

_LISTED = 10
"""Relations that a message names one by one."""


@dataclass(frozen=True, slots=True)
class Gold:
    """What a source says of a document's relations, and what of that had to be mended."""

    facts: tuple[Fact, ...]
    excluded: tuple[ExcludedPair, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document without facts; `place` is where it stands, `passed_over` what of it was left out or mended.

    `gold` reads what is said of its relations, which have to be among those given; InputError names the place of the
    first that can't be used.
    """

    place: str
    document: Document
    gold: Callable[[Collection[str]], Gold]
    irregular: InputError | None = None
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A relation between two ids as a source states it at `place`."""

    place: str
    head: str
    relation: str
    tail: str
    evidence: tuple[int, ...] = ()


def stated_facts(statements: Iterable[Statement], document: Document, relations: Collection[str]) -> tuple[Fact, ...]:
    """What is stated, each fact once with all its evidence, in the order of the first of its statements.

    InputError where a relation is none of `relations`, or isn't one between two different entities of the document.
    """
    known = {entity.id for entity in document.entities}
    evidence: dict[tuple[str, str, str], set[int]] = {}
    for own in statements:
        if own.relation not in relations:
            one_of = ", ".join(relations) if len(relations) <= _LISTED else f"the {len(relations)} of the corpus"
            raise InputError(own.place, f"the relation {shortened(own.relation)}", f"one of {one_of}")
        if own.head == own.tail:
            found = f"a relation of {shortened(own.head)} with itself"
            raise InputError(own.place, found, "two different entities")
        for id in (own.head, own.tail):
            if id not in known:
                found = f"a relation with the unknown id {shortened(id)}"
                raise InputError(own.place, found, "the id of a mention of this document")
        evidence.setdefault((own.head, own.tail, own.relation), set()).update(own.evidence)
    return tuple(Fact(*key, tuple(sorted(sentences))) for key, sentences in evidence.items())


def named_entities(text: str, document: Document) -> tuple[str, ...]:
    """The entities at one end of a relation: the one with this id, or those whose ids the text holds, if any."""
    if any(entity.id == text for entity in document.entities):
        return (text,)
    return entity_ids(text) or (text,)


def statements(place: str, relation: str, heads: Sequence[str], tails: Sequence[str]) -> list[Statement]:
    """One for each head and tail; where there are several, an entity that is at both ends has none with itself."""
    several = len(heads) > 1 or len(tails) > 1
    pairs = [(head, tail) for head, tail in product(heads, tails) if not (several and head == tail)]
    return [Statement(place, head, relation, tail) for head, tail in pairs]


def shortened(value: object) -> str:
    """What a message shows of a value."""
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}…"
