"""The DocRED format (Yao et al. 2019): a JSON list of documents that are cut into sentences and words already.

A document has a `title`, `sents` (the words of each sentence), `vertexSet` (the mentions of each entity: `name`,
`sent_id`, `pos`, the first word and the one after the last, and `type`) and, unless they are kept back, `labels` (the
facts: `h` and `t`, places in `vertexSet`, the relation `r`, and `evidence`, sentence numbers). Other keys, such as
those that Re-DocRED adds, are passed over.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass
from functools import reduce
from operator import add
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictInt, StrictStr, ValidationError
from pydantic_core import from_json

from glre.documents.document import Document, Entity, Fact, Mention, Sentence
from glre.errors import InputError, expectation

Text = Annotated[StrictStr, Field(pattern=r"\S")]


@dataclass(frozen=True, slots=True)
class Defects:
    """How often a file of the release had to be mended, and how."""

    repeated_titles: int = 0
    """Documents with the title of an earlier one; they get an id of their own."""
    repeated_mentions: int = 0
    """Mentions of the same words as an earlier one of the entity; they are dropped."""
    clipped_mentions: int = 0
    """Mentions that run past the end of their sentence; they end with it."""
    entities_of_several_types: int = 0
    """Entities whose mentions differ in type; they get the type of most mentions, of the first among equals."""
    repeated_facts: int = 0
    """Facts that an earlier one states; they are dropped, their evidence joins that of the earlier one."""
    facts_without_evidence: int = 0
    """Facts, all kept, for which no sentence of the document is given as evidence."""
    evidence_outside_document: int = 0
    """Sentence numbers in evidence that the document does not have; they are dropped."""

    def __add__(self, other: "Defects") -> "Defects":
        return Defects(*map(add, astuple(self), astuple(other)))


@dataclass(frozen=True, slots=True)
class DocredFile:
    """The documents of a file, in its order, and what was mended in them."""

    documents: tuple[Document, ...]
    defects: Defects


class _Mention(BaseModel):
    name: Text
    sent_id: StrictInt
    pos: Annotated[list[StrictInt], Field(min_length=2, max_length=2)]
    type: Text


class _Label(BaseModel):
    h: StrictInt
    t: StrictInt
    r: StrictStr
    evidence: list[StrictInt] = []


class _Document(BaseModel):
    title: Text
    sents: list[list[StrictStr]]
    entities: list[list[_Mention]] = Field(alias="vertexSet")
    labels: list[_Label] = []


@dataclass(frozen=True, slots=True)
class _Source:
    """A document as the file has it, and the place that messages name."""

    raw: _Document
    place: str

    def error(self, part: str, found: str, expected: str) -> InputError:
        return InputError(f"{self.place}, {part}", found, expected)


def read_docred(path: Path, relations: Collection[str]) -> DocredFile:
    """Read a file in DocRED format; InputError names file, document (from 0) and title where it breaks the format.

    `relations` are those that labels may have. An entity's id is its place in `vertexSet`, a document's id its title,
    or `title (2)` and so on where the title occurred before.
    """
    return _read(_items(path), str(path), relations)


def read_docred_item(item: Any, place: str) -> Document:
    """The document of one JSON object in DocRED format, without facts: labels are passed over, whatever is there.

    Its id is its title. InputError names `place` and title where it breaks the format.
    """
    unlabelled = {key: value for key, value in item.items() if key != "labels"} if isinstance(item, dict) else item
    source = _source(unlabelled, place)
    return _document(source, source.raw.title, ())[0]


def _read(items: Iterable[Any], source: str, relations: Collection[str]) -> DocredFile:
    known = frozenset(relations)
    sources = [_source(item, f"{source}, document {number}") for number, item in enumerate(items)]
    ids = _distinct([source.raw.title for source in sources])
    read = [_document(source, id, known) for source, id in zip(sources, ids, strict=True)]
    repeated = sum(source.raw.title != id for source, id in zip(sources, ids, strict=True))
    defects = _total(own for _, own in read) + Defects(repeated_titles=repeated)
    return DocredFile(tuple(document for document, _ in read), defects)


def _items(path: Path) -> list[Any]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            str(path), error.strerror or "an unreadable file", "a file, as `glre download` leaves it"
        ) from None
    except UnicodeDecodeError as error:
        found = f"the byte 0x{error.object[error.start]:02x} at position {error.start}"
        raise InputError(str(path), found, "UTF-8 text") from None
    try:
        items = from_json(text)
    except ValueError as error:
        raise InputError(str(path), f"invalid JSON ({error})", "a JSON list of documents") from None
    if not isinstance(items, list) or not items:
        found = "an empty list" if items == [] else _shortened(items)
        raise InputError(str(path), found, "a JSON list of documents")
    return items


def _source(item: Any, place: str) -> _Source:
    if not isinstance(item, dict):
        raise InputError(place, _shortened(item), "an object with title, sents and vertexSet")
    title = item.get("title")
    if isinstance(title, str):
        place = f"{place} {_shortened(title)}"
    try:
        return _Source(_Document.model_validate(item), place)
    except ValidationError as error:
        first = error.errors()[0]
        where = f"{place}, {'.'.join(map(str, first['loc']))}"
        if first["type"] == "missing":
            raise InputError(where, "no such key", "a value") from None
        if first["type"] == "string_pattern_mismatch":
            raise InputError(where, _shortened(first["input"]), "a text that is not blank") from None
        raise InputError(where, _shortened(first["input"]), expectation(first["msg"])) from None


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}…"


def _distinct(titles: Sequence[str]) -> list[str]:
    """The titles, a number added where an earlier document has the same one, so that no two are alike."""
    taken, given = set(titles), Counter[str]()
    ids = []
    for title in titles:
        given[title] += 1
        id = title
        if given[title] > 1:
            while (id := f"{title} ({given[title]})") in taken:
                given[title] += 1
            taken.add(id)
        ids.append(id)
    return ids


def _document(source: _Source, id: str, relations: Collection[str]) -> tuple[Document, Defects]:
    sentences = _sentences(source)
    entities = [_entity(source, number) for number in range(len(source.raw.entities))]
    facts, defects = _facts(source, relations)
    document = Document(
        id=id,
        title=source.raw.title,
        text=None,
        sentences=sentences,
        entities=tuple(entity for entity, _ in entities),
        facts=facts,
    )
    return document, _total(own for _, own in entities) + defects


def _sentences(source: _Source) -> tuple[Sentence, ...]:
    if not source.raw.sents:
        raise source.error("sents", "no sentence", "one or more sentences")
    for number, words in enumerate(source.raw.sents):
        # White space is a word like others: the release has no-break spaces.
        if not words or not all(words):
            raise source.error(f"sentence {number}", "an empty sentence or word", "words")
    return tuple(Sentence(tuple(words)) for words in source.raw.sents)


def _entity(source: _Source, number: int) -> tuple[Entity, Defects]:
    raw = source.raw.entities[number]
    if not raw:
        raise source.error(f"entity {number}", "no mention", "one or more mentions")
    mentions = [_mention(source, f"entity {number}, mention {place}", mention) for place, mention in enumerate(raw)]
    # Reversed, so that of mentions with the same span the first one stays.
    different = {(mention.sentence, mention.start, mention.end): mention for mention in reversed(mentions)}
    kept = tuple(different[span] for span in sorted(different))
    # Of equals, a counter names the one that it met first.
    kind = Counter(mention.type for mention in kept).most_common(1)[0][0]
    defects = Defects(
        repeated_mentions=len(mentions) - len(kept),
        clipped_mentions=sum(own.end < mention.pos[1] for own, mention in zip(mentions, raw, strict=True)),
        entities_of_several_types=len({mention.type for mention in mentions}) > 1,
    )
    return Entity(str(number), kind, kept), defects


def _mention(source: _Source, part: str, raw: _Mention) -> Mention:
    sentences = source.raw.sents
    if not 0 <= raw.sent_id < len(sentences):
        raise source.error(part, f"the sentence {raw.sent_id}", f"a sentence from 0 to {len(sentences) - 1}")
    start, end = raw.pos
    length = len(sentences[raw.sent_id])
    if not 0 <= start < min(end, length):
        found = f"words {start} to {end} of a sentence of {length} words"
        raise source.error(part, found, "a non-empty span that begins inside the sentence")
    return Mention(raw.sent_id, start, min(end, length), raw.name, raw.type)


def _facts(source: _Source, relations: Collection[str]) -> tuple[tuple[Fact, ...], Defects]:
    evidence: dict[tuple[int, int, str], set[int]] = {}
    outside = 0
    for number, label in enumerate(source.raw.labels):
        _check(source, f"fact {number}", label, relations)
        inside = [sentence for sentence in label.evidence if 0 <= sentence < len(source.raw.sents)]
        outside += len(label.evidence) - len(inside)
        evidence.setdefault((label.h, label.t, label.r), set()).update(inside)
    facts = tuple(
        Fact(str(head), str(tail), relation, tuple(sorted(own))) for (head, tail, relation), own in evidence.items()
    )
    defects = Defects(
        repeated_facts=len(source.raw.labels) - len(facts),
        facts_without_evidence=sum(not fact.evidence for fact in facts),
        evidence_outside_document=outside,
    )
    return facts, defects


def _check(source: _Source, part: str, label: _Label, relations: Collection[str]) -> None:
    entities = len(source.raw.entities)
    for end in (label.h, label.t):
        if not 0 <= end < entities:
            expected = f"an entity from 0 to {entities - 1}" if entities else "no fact where there is no entity"
            raise source.error(part, f"the entity {end}", expected)
    if label.h == label.t:
        raise source.error(part, f"a relation of entity {label.h} with itself", "two different entities")
    if label.r not in relations:
        raise source.error(
            part, f"the relation {_shortened(label.r)}", f"one of the {len(relations)} relations that params.yaml lists"
        )


def _total(defects: Iterable[Defects]) -> Defects:
    return reduce(add, defects, Defects())
