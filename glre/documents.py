"""A document with its entities and relations, and the Parquet table that every corpus is turned into."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter, ValidationError

from glre.errors import InputError, expectation
from glre.files import written_whole


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


_DOCUMENT = TypeAdapter(Document)

_MENTION = pa.struct(
    [
        ("sentence", pa.int32()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("text", pa.string()),
        ("type", pa.string()),
    ]
)
_SENTENCE = pa.struct(
    [("words", pa.list_(pa.string())), ("starts", pa.list_(pa.int32())), ("ends", pa.list_(pa.int32()))]
)
_ENTITY = pa.struct([("id", pa.string()), ("type", pa.string()), ("mentions", pa.list_(_MENTION))])
_FACT = pa.struct(
    [("head", pa.string()), ("tail", pa.string()), ("relation", pa.string()), ("evidence", pa.list_(pa.int32()))]
)
_EXCLUDED = pa.struct([("head", pa.string()), ("tail", pa.string()), ("reason", pa.string())])

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("title", pa.string()),
        ("text", pa.string()),
        ("sentences", pa.list_(_SENTENCE)),
        ("entities", pa.list_(_ENTITY)),
        ("facts", pa.list_(_FACT)),
        ("excluded", pa.list_(_EXCLUDED)),
    ]
)
"""The one table schema for documents of every corpus; nested as the types above."""


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
                f"{len(sentence.words)} words with {len(sentence.starts)} starts and {len(sentence.ends)} ends",
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
                    f"words {mention.start} to {mention.end} of a sentence of {length} words",
                    "a non-empty span inside the sentence",
                )
    known = set(ids)
    related = {end for fact in document.facts for end in (fact.head, fact.tail)}
    related |= {end for pair in document.excluded for end in (pair.head, pair.tail)}
    for unknown in sorted(related - known):
        raise InputError(where, f"a relation with the unknown entity {unknown!r}", "the id of an entity")


def write_documents(documents: Iterable[Document], path: Path) -> None:
    """Check the documents and write them as one Parquet table, whole or not at all."""
    rows = []
    for document in documents:
        check(document, str(path))
        rows.append(_DOCUMENT.dump_python(document))
    with written_whole(path) as temporary:
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), temporary)


def read_documents(path: Path) -> list[Document]:
    """Read and check a Parquet table of documents; InputError where it is missing or has another schema."""
    if not path.is_file():
        raise InputError(str(path), "no such file", "a Parquet table of documents, as `glre preprocess` writes it")
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError):
        raise InputError(str(path), "a file that is no whole Parquet table", "a Parquet table of documents") from None
    if not table.schema.equals(SCHEMA):
        alike = [name for name in SCHEMA.names if name in table.schema.names]
        other = [name for name in alike if table.schema.field(name) != SCHEMA.field(name)]
        found = f"other types in the columns {other}" if other else f"the columns {table.schema.names}"
        raise InputError(str(path), found, f"the schema of documents, {SCHEMA.names}")
    documents = []
    for number, row in enumerate(table.to_pylist()):
        try:
            documents.append(_DOCUMENT.validate_python(row))
        except ValidationError as error:
            raise _refusal(error, f"{path}, row {number}") from None
        check(documents[-1], str(path))
    return documents


def to_json(document: Document) -> str:
    """The document as JSON, nested as the types above."""
    return _DOCUMENT.dump_json(document).decode()


def from_json(text: str, place: str) -> Document:
    """Read and check a document as `to_json` writes it, facts optional; InputError names `place` where it is none."""
    try:
        document = _DOCUMENT.validate_json(text)
    except ValidationError as error:
        raise _refusal(error, place) from None
    check(document, place)
    return document


def _refusal(error: ValidationError, place: str) -> InputError:
    first = error.errors()[0]
    key = ".".join(map(str, first["loc"])) or "the whole of it"
    if first["type"] == "missing":
        return InputError(f"{place}, {key}", "no such key", "a value")
    return InputError(f"{place}, {key}", repr(first["input"])[:100], expectation(first["msg"]))
