"""PubTator as users export it: less strict than what corpora are read with.

Documents need no blank line between them, no title or no abstract; entity types and ids are anything; rows of
relations are passed over, whatever is there; a row that repeats a mention is dropped; a mention without an id names
nothing. What would shift or lose a mention without a word sets the document aside.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from glre.documents.annotated_text import AnnotatedPassages, Annotation, Passage, laid_out, to_document
from glre.documents.document import Document
from glre.errors import InputError
from glre.formats.entity_ids import entity_ids
from glre.formats.passages import inside_one
from glre.formats.pubtator.decoding import decoded, not_utf8
from glre.formats.pubtator.line import TEXT_LINE, Line
from glre.formats.set_aside import SetAside
from glre.text.mention_span import mention_span

_OFFSET = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"\s*[-+]?[\d.,]+\s*")
_LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class _Block:
    """A document's lines, and whether the last one has an end."""

    lines: tuple[Line, ...]
    ended: bool


@dataclass(frozen=True, slots=True)
class _MentionRow:
    line: Line
    columns: list[str]


def read_pubtator(lines: Iterable[bytes], source: str) -> Iterator[Document | SetAside]:
    """The documents of a source's lines, without facts, one in memory at a time."""
    for block in _blocks(_numbered(lines, source)):
        try:
            yield _document(block)
        except InputError as error:
            yield SetAside.because(error, block.lines[0].document)


def _numbered(lines: Iterable[bytes], source: str) -> Iterator[Line]:
    # Lines end at line feeds only: str.splitlines would also break a text at U+2028 and shift its offsets.
    for number, raw in enumerate(lines, start=1):
        text = decoded(raw)
        yield Line(source, number, text.removeprefix("\ufeff") if number == 1 else text)


def _blocks(lines: Iterable[Line]) -> Iterator[_Block]:
    """Lines up to a blank one, or to a title or abstract line of another document."""
    block: list[Line] = []
    for line in lines:
        own = _own_id(line)
        another = TEXT_LINE.fullmatch(line.text) is not None and bool(block) and own != block[0].document
        if block and (another or not line.text.strip()):
            yield _block(block)
            block = []
        if line.text.strip():
            block.append(replace(line, document=block[0].document if block else own))
    if block:
        yield _block(block)


def _block(lines: Sequence[Line]) -> _Block:
    bare = (replace(line, text=line.text.removesuffix("\n").removesuffix("\r")) for line in lines)
    return _Block(tuple(bare), lines[-1].text.endswith("\n"))


def _own_id(line: Line) -> str | None:
    match = TEXT_LINE.fullmatch(line.text)
    own, tab, _ = line.text.partition("\t")
    if match:
        own = match[1]
    elif not tab:
        return None
    # What is no text could not be printed.
    return own if len(own) <= _LONGEST_ID and not not_utf8(own) else None


def _document(block: _Block) -> Document:
    for line in block.lines:
        if (broken := not_utf8(line.text)) is not None:
            raise line.error(broken, "UTF-8 text")
    first = block.lines[0]
    texts = _texts(block.lines)
    if not first.document or first.document != first.document.strip():
        raise first.error(f"the document id {first.text[:40]!r}", "an id without white space around it")
    if not any(text.strip() for text in texts.values()):
        raise first.error("neither title nor abstract", "a text")
    rows = _mention_rows(block, block.lines[len(texts) :])
    passages, annotations = _placed(rows, _layouts(texts))
    return to_document(AnnotatedPassages(first.document, texts.get("t", ""), passages, annotations))


def _placed(
    rows: Sequence[_MentionRow], layouts: Sequence[tuple[Passage, ...]]
) -> tuple[tuple[Passage, ...], tuple[Annotation, ...]]:
    """The first layout that all rows fit, and what they mark there; InputError of the likeliest one where none does."""
    likeliest, *others = layouts
    try:
        return likeliest, _annotations(rows, likeliest)
    except InputError:
        for passages in others:
            with suppress(InputError):
                return passages, _annotations(rows, passages)
        raise


def _texts(lines: Sequence[Line]) -> dict[str, str]:
    """The title (`t`) and the abstract (`a`), one of which may be missing, out of the first lines."""
    texts = {}
    for line, kinds in zip(lines, ("ta", "a"), strict=False):
        match = TEXT_LINE.fullmatch(line.text)
        if match is None or match[2] not in kinds or match[2] in texts:
            break
        texts[match[2]] = match[3]
    if not texts:
        raise lines[0].error(f"{lines[0].text[:40]!r}", "the title line, `id|t|title`")
    return texts


def _layouts(texts: dict[str, str]) -> tuple[tuple[Passage, ...], ...]:
    """The passages as offsets may count them, the likeliest first: where there is no title, from 1 or from 0."""
    title, abstract = texts.get("t", ""), texts.get("a", "")
    usual = (Passage(0, title, heading=True), Passage(len(title) + 1, abstract))
    if title:
        return (usual,)
    alone = (Passage(0, abstract),)
    return (usual, alone) if "t" in texts else (alone, usual)


def _mention_rows(block: _Block, lines: Sequence[Line]) -> list[_MentionRow]:
    rows = []
    for line in lines:
        if TEXT_LINE.fullmatch(line.text):
            raise line.error("another title or abstract line", "one title and one abstract, above the rows")
        columns = line.text.split("\t")
        relation = len(columns) > 1 and bool(columns[1].strip()) and not _NUMBER.fullmatch(columns[1])
        if len(columns) < (4 if relation else 5):
            found = f"{len(columns)} column{'s' if len(columns) > 1 else ''}"
            raise line.error(found, "6 or more tab-separated columns for a mention, 4 or more for a relation")
        if columns[0] != line.document:
            found = f"a row of document {columns[0][:_LONGEST_ID]!r}"
            raise line.error(found, f"rows of {line.document!r} up to the next blank line")
        if not relation:
            rows.append(_MentionRow(line, columns))
    if rows and rows[-1].line is block.lines[-1] and not block.ended and len(rows[-1].columns) == 5:
        raise rows[-1].line.error("a line that breaks off after 5 columns", "a whole line")
    return rows


def _annotations(rows: Sequence[_MentionRow], passages: Sequence[Passage]) -> tuple[Annotation, ...]:
    """What the rows mark, in their order, each once."""
    text = laid_out(passages)
    return tuple(dict.fromkeys(_annotation(row, text, passages) for row in rows))


def _annotation(row: _MentionRow, text: str, passages: Sequence[Passage]) -> Annotation:
    line = row.line
    for column in row.columns[1:3]:
        if not _OFFSET.fullmatch(column):
            raise line.error(f"the offset {column[:40]!r}", "a whole number from 0")
    start, end = map(int, row.columns[1:3])
    span = mention_span(line.place, start, end, row.columns[3], text)
    inside_one(line.place, span, text, passages)
    kind = row.columns[4]
    if not kind.strip():
        raise line.error("an empty type", "an entity type")
    return Annotation(span, kind, entity_ids(row.columns[5]) if len(row.columns) > 5 else ())
