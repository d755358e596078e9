"""A document with its entities and relations, and as JSON."""

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from glre.counted import counted
from glre.errors import InputError, expectation


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence, and where each stands in the document's text.

    `starts` and `ends` are character offsets (end exclusive), one per word; both are empty where the source has
    words but no text.
    """

    words: tuple[str, ...]
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A run of words that names an entity: words `start` to `end` (exclusive) of sentence `sentence`."""

    sentence: int
    start: int
    end: int
    text: str
    type: str


@dataclass(frozen=True, slots=True)
class Entity:
    """What one or more mentions refer to; the mentions are in the order of the text."""

    id: str
    type: str
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A gold relation between two entities, by their ids; `evidence` are sentence numbers."""

    head: str
    tail: str
    relation: str
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ExcludedPair:
    """A candidate pair that neither training nor evaluation counts, and why."""

    head: str
    tail: str
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """An annotated document. `text` is None where the source has only words."""

    id: str
    title: str
    text: str | None
    sentences: tuple[Sentence, ...]
    entities: tuple[Entity, ...]
    facts: tuple[Fact, ...] = ()
    excluded: tuple[ExcludedPair, ...] = ()

    @property
    def words(self) -> int:
        """Number of words in all sentences."""
        return sum(len(sentence.words) for sentence in self.sentences)

    @property
    def sentence_offsets(self) -> tuple[int, ...]:
        """Position in the document of each sentence's first word."""
        offsets, position = [], 0
        for sentence in self.sentences:
            offsets.append(position)
            position += len(sentence.words)
        return tuple(offsets)


DOCUMENT = TypeAdapter(Document)
"""Turns documents into keys and values, and back."""


def check(document: Document, place: str) -> None:
    """Raise InputError, naming `place` and the document, unless its spans, ids and relations fit together."""
    where = f"{place}, document {document.id!r}"
    if not document.id:
        raise InputError(place, "a document without an id", "an id")
    for number, sentence in enumerate(document.sentences):
        if not sentence.words or not all(sentence.words):
            raise InputError(f"{where}, sentence {number}", "an empty sentence or word", "words")
        if sentence.starts and not len(sentence.words) == len(sentence.starts) == len(sentence.ends):
            raise InputError(
                f"{where}, sentence {number}",
                f"{counted(len(sentence.words), 'word')} with {counted(len(sentence.starts), 'start')} and "
                f"{counted(len(sentence.ends), 'end')}",
                "as many offsets as words",
            )
    ids = [entity.id for entity in document.entities]
    if len(set(ids)) != len(ids):
        raise InputError(where, "two entities with the same id", "one entity per id")
    for entity in document.entities:
        if not entity.mentions:
            raise InputError(f"{where}, entity {entity.id!r}", "no mention", "one or more mentions")
        for mention in entity.mentions:
            if not 0 <= mention.sentence < len(document.sentences):
                raise InputError(
                    f"{where}, entity {entity.id!r}",
                    f"a mention in sentence {mention.sentence}",
                    f"a sentence from 0 to {len(document.sentences) - 1}",
                )
            length = len(document.sentences[mention.sentence].words)
            if not 0 <= mention.start < mention.end <= length:
                raise InputError(
                    f"{where}, entity {entity.id!r}",
                    f"words {mention.start} to {mention.end} of a sentence of {counted(length, 'word')}",
                    "a non-empty span inside the sentence",
                )
    known = set(ids)
    related = {end for fact in document.facts for end in (fact.head, fact.tail)}
    related |= {end for pair in document.excluded for end in (pair.head, pair.tail)}
    for unknown in sorted(related - known):
        raise InputError(where, f"a relation with the unknown entity {unknown!r}", "the id of an entity")


def to_json(document: Document) -> str:
    """The document as JSON, nested as the types above."""
    return DOCUMENT.dump_json(document).decode()


def from_json(text: str, place: str) -> Document:
    """Read and check a document as `to_json` writes it, facts optional; InputError names `place` where it is none."""
    try:
        document = DOCUMENT.validate_json(text)
    except ValidationError as error:
        raise refusal(error, place) from None
    check(document, place)
    return document


def refusal(error: ValidationError, place: str) -> InputError:
    """What a document of other keys or values is refused with."""
    first = error.errors()[0]
    key = ".".join(map(str, first["loc"])) or "the whole of it"
    if first["type"] == "missing":
        return InputError(f"{place}, {key}", "no such key", "a value")
    return InputError(f"{place}, {key}", repr(first["input"])[:100], expectation(first["msg"]))
