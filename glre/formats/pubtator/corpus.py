"""The PubTator format (Wei et al. 2013), as BioCreative V CDR (Li et al. 2016) uses it.

A block per document, blocks divided by blank lines: `id|t|title`, `id|a|abstract`, rows of mentions (tab: id, start,
end, text, type, entity ids, and for composite mentions the text of each), rows of relations (tab: id, relation, head,
tail). Composite entity ids are divided by `|`; -1 stands for a mention of no known entity.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from glre.documents.annotated_text import AnnotatedText, Annotation, to_document
from glre.documents.document import Document, Fact
from glre.errors import InputError
from glre.formats.pubtator.line import TEXT_LINE, Line
from glre.text.mention_span import mention_span

NO_ENTITY = "-1"
_OFFSET = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of columns, divided by tabs."""

    line: Line
    columns: list[str]


@dataclass(frozen=True, slots=True)
class _Block:
    """A document's lines: the first one, the texts of the first two, and the rows below them."""

    first: Line
    title: str
    abstract: str
    mentions: list[_Row]
    relations: list[_Row]


def read_pubtator(path: Path, relations: Collection[str]) -> list[Document]:
    """Read a PubTator file into documents; raises as `annotated_texts` does."""
    return [to_document(source) for source in annotated_texts(path, relations)]


def annotated_texts(path: Path, relations: Collection[str]) -> list[AnnotatedText]:
    """Read a PubTator file; InputError names file, line and document where it breaks the format.

    `relations` are the names that rows of relations may have.
    """
    blocks = _distinct(_blocks(_lines(path)), str(path))
    return [_with_facts(_annotated_text(block), block, relations) for block in blocks]


def _distinct(blocks: Iterable[list[Line]], source: str) -> Iterator[_Block]:
    """Each document's lines; InputError where there is no document, or one a second time."""
    known = set()
    for lines in blocks:
        block = _block(lines)
        if block.first.document in known:
            raise block.first.error("the document a second time", "each document once")
        known.add(block.first.document)
        yield block
    if not known:
        raise InputError(source, "an empty file", "documents in PubTator format")


def _lines(path: Path) -> Iterator[Line]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(
            str(path), error.strerror or "an unreadable file", "a file, as `glre download` leaves it"
        ) from None
    with file:
        title: Line | None = None
        for number, raw in enumerate(file, start=1):
            text = _decoded(path, number, raw, title)
            line = Line(str(path), number, text)
            title = (title or line) if text.strip() else None
            yield line


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    block: list[Line] = []
    for line in lines:
        if line.text.strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _decoded(path: Path, number: int, raw: bytes, first: Line | None) -> str:
    # Lines end at line feeds only: str.splitlines would also break a text at U+2028 and shift its offsets.
    try:
        return raw.decode("utf-8-sig" if number == 1 else "utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        title = TEXT_LINE.match(first.text if first else raw.decode("utf-8", "replace"))
        line = Line(str(path), number, "", title[1] if title else None)
        found = f"the byte 0x{raw[error.start]:02x} at column {error.start + 1}"
        raise line.error(found, "UTF-8 text") from None


def _block(lines: list[Line]) -> _Block:
    document_id, title = _text_line(lines[0], "t", None)
    first = _at(lines[0], document_id)
    if len(lines) < 2:
        raise first.error("a title without an abstract line", "`id|a|abstract` on the next line")
    _, abstract = _text_line(lines[1], "a", document_id)
    if not title.strip() and not abstract.strip():
        raise first.error("neither title nor abstract", "a text")
    rows = [_Row(line, _columns(line)) for line in (_at(line, document_id) for line in lines[2:])]
    return _Block(
        first=first,
        title=title,
        abstract=abstract,
        mentions=[row for row in rows if len(row.columns) != 4],
        relations=[row for row in rows if len(row.columns) == 4],
    )


def _annotated_text(block: _Block) -> AnnotatedText:
    """The document of a block, without its facts."""
    annotations: dict[Annotation, None] = {}
    for row in block.mentions:
        annotation = _annotation(row.line, row.columns, f"{block.title} {block.abstract}", len(block.title))
        if annotation in annotations:
            raise row.line.error("the mention a second time", "each mention once")
        annotations[annotation] = None
    return AnnotatedText(str(block.first.document), block.title, block.abstract, tuple(annotations), ())


def _with_facts(text: AnnotatedText, block: _Block, relations: Collection[str]) -> AnnotatedText:
    facts: dict[Fact, None] = {}
    known = {entity_id for annotation in text.annotations for entity_id in annotation.entity_ids}
    for row in block.relations:
        fact = _fact(row.line, row.columns, relations)
        if fact in facts:
            raise row.line.error("the relation a second time", "each relation once")
        for entity_id in (fact.head, fact.tail):
            if entity_id not in known:
                raise row.line.error(
                    f"a relation with the unknown id {entity_id!r}", "the id of a mention of this document"
                )
        facts[fact] = None
    return replace(text, facts=tuple(facts))


def _columns(line: Line) -> list[str]:
    columns = line.text.split("\t")
    if TEXT_LINE.fullmatch(line.text):
        raise line.error("another title or abstract line", "a blank line between two documents")
    if len(columns) not in (4, 6, 7):
        found = f"{len(columns)} column{'s' if len(columns) > 1 else ''}"
        raise line.error(found, "6 or 7 tab-separated columns for a mention, 4 for a relation")
    if columns[0] != line.document:
        raise line.error(f"a row of document {columns[0]!r}", f"rows of {line.document!r} up to the next blank line")
    return columns


def _at(line: Line, document_id: str) -> Line:
    return replace(line, document=document_id)


def _text_line(line: Line, kind: str, document_id: str | None) -> tuple[str, str]:
    name = {"t": "title", "a": "abstract"}[kind]
    match = TEXT_LINE.fullmatch(line.text)
    own_id = match[1] if match else ""
    if document_id or own_id:
        line = _at(line, document_id or own_id)
    if match is None or match[2] != kind:
        raise line.error(f"{line.text[:40]!r}", f"the {name} line, `id|{kind}|{name}`")
    if not own_id or own_id != own_id.strip():
        raise line.error(f"the document id {own_id!r}", "an id without white space around it")
    if document_id is not None and own_id != document_id:
        raise line.error(f"the {name} of document {own_id!r}", f"the {name} of {document_id!r}")
    return own_id, match[3]


def _annotation(line: Line, columns: list[str], text: str, title: int) -> Annotation:
    start, end = (_offset(line, column) for column in columns[1:3])
    mention, kind, ids = columns[3:6]
    span = mention_span(line.place, start, end, mention, text)
    if start < title < end - 1:
        raise line.error("a mention that runs from the title into the abstract", "a mention in one of them")
    if not kind.strip():
        raise line.error("an empty type", "an entity type")
    entity_ids = ids.split("|")
    if any(not entity_id or entity_id != entity_id.strip() for entity_id in entity_ids):
        raise line.error(f"the entity ids {ids!r}", f"ids divided by '|', or {NO_ENTITY}")
    if len(columns) == 7 and columns[6] and columns[6].count("|") != ids.count("|"):
        raise line.error(f"column 7 {columns[6]!r} for the ids {ids!r}", "as many texts as ids, divided by '|'")
    named = tuple(dict.fromkeys(entity_id for entity_id in entity_ids if entity_id != NO_ENTITY))
    return Annotation(span, kind, named)


def _offset(line: Line, column: str) -> int:
    if not _OFFSET.fullmatch(column):
        raise line.error(f"the offset {column!r}", "a whole number from 0")
    return int(column)


def _fact(line: Line, columns: list[str], relations: Collection[str]) -> Fact:
    _, relation, head, tail = columns
    if relation not in relations:
        raise line.error(f"the relation {relation!r}", f"one of {', '.join(relations)}")
    if head == tail:
        raise line.error(f"a relation of {head!r} with itself", "two different entities")
    return Fact(head, tail, relation)
