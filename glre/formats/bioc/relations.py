"""What a BioC document says of relations.

A relation is named by its infon `type` or `relation`. The entities it holds between are named by their ids in two
infons, such as `head_id` and `tail_id`, or those with entity types for keys (`Chemical`, `Disease`); else its two nodes
refer to a mention of each. An annotation that names several entities stands for each of them.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from pydantic import BaseModel, StrictInt, StrictStr, ValidationError

from glre.counted import counted
from glre.documents.document import Document, refusal
from glre.errors import InputError
from glre.formats.bioc.infons import Infons, as_key, as_text, by_key
from glre.formats.entity_ids import entity_ids
from glre.formats.parsed import Gold, Statement, named_entities, shortened, stated_facts, statements

Named = Iterable[tuple[str, tuple[str, ...]]]
"""Annotations by id, and the entities that each names."""

_NAMES = ("type", "relation", "relation type")
_FIRST = ("head id", "head", "entity1", "arg1", "subject")
_SECOND = ("tail id", "tail", "entity2", "arg2", "object")
"""What infons and nodes call the two ends of a relation."""


class _Node(BaseModel):
    refid: StrictStr | StrictInt
    role: StrictStr = ""


class _Relation(BaseModel):
    id: StrictStr | StrictInt | None = None
    infons: Infons | None = None
    nodes: list[_Node] | None = None


class _Part(BaseModel):
    relations: list[_Relation] | None = None
    passages: "list[_Part] | None" = None
    sentences: "list[_Part] | None" = None


def bioc_gold(content: Any, named: Named, document: Document, place: str, relations: Collection[str]) -> Gold:
    """The relations of a document, its passages and sentences, those of the same entities as one fact.

    InputError where one has not two ends, or an end is no annotation of the document or names no entity.
    """
    try:
        whole = _Part.model_validate(content)
    except ValidationError as error:
        raise refusal(error, place) from None
    annotations: dict[str, set[tuple[str, ...]]] = {}
    for id, entities in named:
        annotations.setdefault(id, set()).add(entities)
    types = {as_key(entity.type) for entity in document.entities}
    stated: list[Statement] = []
    for number, relation in enumerate(_relations(whole)):
        where = f"{place}, relation {number if relation.id is None else relation.id!r}"
        infons = by_key(relation.infons)
        name = next((text for key in _NAMES if (text := as_text(infons.get(key)))), "")
        heads, tails = _by_infons(infons, types, document, where) or _by_nodes(relation.nodes or [], annotations, where)
        stated += statements(where, name, heads, tails)
    return Gold(stated_facts(stated, document, relations))


def _relations(part: _Part) -> Iterator[_Relation]:
    yield from part.relations or ()
    for inner in (*(part.passages or ()), *(part.sentences or ())):
        yield from _relations(inner)


def _by_infons(infons: Infons, types: Collection[str], document: Document, place: str) -> list[tuple[str, ...]] | None:
    """The entities at both ends, None where infons don't name them."""
    known = (ends for ends in zip(_FIRST, _SECOND, strict=True) if infons.keys() >= set(ends))
    keys: tuple[str, ...] = next(known, ()) or tuple(key for key in infons if key in types and key not in _NAMES)
    if len(keys) != 2:
        return None
    for key in keys:
        if not entity_ids(as_text(infons[key])):
            raise InputError(place, f"{shortened(infons[key])} for the infon {key!r}", "the id of an entity")
    return [named_entities(as_text(infons[key]), document) for key in keys]


def _by_nodes(nodes: list[_Node], annotations: dict[str, set[tuple[str, ...]]], place: str) -> list[tuple[str, ...]]:
    if len(nodes) != 2:
        found = f"{counted(len(nodes), 'node')}, and no infons that name two entities"
        raise InputError(place, found, "a head and a tail")
    if as_key(nodes[0].role) in _SECOND and as_key(nodes[1].role) in _FIRST:
        nodes = nodes[::-1]
    ends: list[tuple[str, ...]] = []
    for id in (str(node.refid) for node in nodes):
        named = annotations.get(id, set())
        if len(named) != 1 or () in named:
            found = (
                "several annotations" if len(named) > 1 else "an annotation of no entity" if named else "no annotation"
            )
            raise InputError(place, f"a node of {found}, {id[:60]!r}", "the id of one that names an entity")
        ends += named
    return ends
