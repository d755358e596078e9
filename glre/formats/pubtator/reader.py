"""PubTator (Wei et al. 2013), as BioCreative V CDR (Li et al. 2016) has it and as users export it.

A block per document: `id|t|title`, `id|a|abstract`, rows of mentions (tab: id, start, end, text, type, entity ids, and
for composite mentions the text of each), rows of relations (tab: id, relation, head, tail, and in BioRED whether it is
novel). Mentions without an id name nothing.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from glre.counted import counted
from glre.documents.annotated_text import AnnotatedPassages, Passage, to_document
from glre.documents.document import Document
from glre.errors import InputError
from glre.formats.entity_ids import composite_parts, entity_ids
from glre.formats.mentions.placing import Layout, Marked, placed
from glre.formats.parsed import Gold, Parsed, Statement, named_entities, stated_facts, statements
from glre.formats.passed_over import PassedOver
from glre.formats.pubtator.layouts import layouts
from glre.formats.pubtator.lines import LONGEST_ID, TEXT_LINE, Block, Line, blocks, not_utf8
from glre.formats.reading import AS_TOLD, OffsetUnit, Reading
from glre.formats.set_aside import SetAside

_OFFSET = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"\s*[-+]?[\d.,]+\s*")
_WIDEST_RELATION = 5
_TITLE = "the title line, `id|t|title`"
_COLUMNS = "6 or 7 tab-separated columns for a mention, 4 for a relation"


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of columns, divided by tabs, of a document with these texts."""

    line: Line
    columns: list[str]
    texts: Collection[str]

    @property
    def is_relation(self) -> bool:
        second = self.columns[1] if len(self.columns) > 1 else ""
        named = bool(second.strip()) and not _NUMBER.fullmatch(second)
        return named and not (len(self.columns) > _WIDEST_RELATION and self._marks_text)

    @property
    def _marks_text(self) -> bool:
        """Whether the column of a mention's text has some: then an offset is no number, and it is no relation."""
        return bool(self.columns[3].strip()) and any(self.columns[3] in text for text in self.texts)

    def error_of_columns(self) -> InputError:
        count = len(self.columns)
        return self.line.error(counted(count, "column"), _COLUMNS)


def parse_pubtator(lines: Iterable[bytes], source: str, reading: Reading = AS_TOLD) -> Iterator[Parsed | SetAside]:
    """The documents of a source's lines, one in memory at a time."""
    for block in blocks(lines, source):
        try:
            yield _parsed(block, reading)
        except InputError as error:
            yield SetAside.because(error, block.lines[0].document)


def _parsed(block: Block, reading: Reading) -> Parsed:
    for line in block.lines:
        if (broken := not_utf8(line.text)) is not None:
            raise line.error(broken, "UTF-8 text")
    first = block.lines[0]
    texts = _texts(block.lines)
    if not first.document or first.document != first.document.strip():
        raise first.error(f"the document id {first.text[:40]!r}", "an id without white space around it")
    if not any(text.strip() for text in texts.values()):
        raise first.error("neither title nor abstract", "a text")
    rows = _rows(block, block.lines[len(texts) :], texts.values())
    mentions = [_marked(row) for row in rows if not row.is_relation]
    attempts = [partial(_layout, passages, mentions, name) for passages, name in layouts(texts)]
    found = placed(attempts, reading, first.place)
    heading = found.passages[0]
    title = heading.text if heading.heading else ""
    document = to_document(AnnotatedPassages(first.document, title, found.passages, found.annotations))
    gold = partial(_gold, [row for row in rows if row.is_relation], document)
    return Parsed(first.place, document, gold, next(_irregular(block, texts, rows), None), found.passed_over)


def _irregular(block: Block, texts: Mapping[str, str], rows: Sequence[_Row]) -> Iterator[InputError]:
    """What users' files have and a corpus may not: each kind of it can be read all the same."""
    first, *others = block.lines
    if "t" not in texts:
        yield first.error(f"{first.text[:40]!r}", _TITLE)
    elif "a" not in texts and not others:
        yield first.error("a title without an abstract line", "`id|a|abstract` on the next line")
    elif "a" not in texts:
        yield others[0].error(f"{others[0].text[:40]!r}", "the abstract line, `id|a|abstract`")
    before: set[tuple[str, ...]] = set()
    for row in rows:
        if row.is_relation and len(row.columns) in (6, 7):
            yield row.line.error(f"the offset {row.columns[1][:40]!r}", "a whole number from 0")
        elif len(row.columns) not in ((4, 5) if row.is_relation else (6, 7)):
            yield row.error_of_columns()
        elif not row.is_relation:
            ids, texts_of_each = row.columns[5], "".join(row.columns[6:])
            parts = composite_parts(ids, row.columns[4])
            # What names nothing and stands nowhere is passed over.
            nowhere = not ids.strip() and _is_behind(row, texts)
            if not nowhere and not all(map(str.strip, parts)):
                yield row.line.error(f"the entity ids {ids!r}", "ids divided by '|', or -1")
            if texts_of_each and texts_of_each.count("|") != len(parts) - 1:
                found = f"column 7 {texts_of_each!r} for the ids {ids!r}"
                yield row.line.error(found, "as many texts as ids, divided by '|'")
            if tuple(row.columns[1:6]) in before:
                yield row.line.error("the mention a second time", "each mention once")
            before.add(tuple(row.columns[1:6]))
    if block.following is not None:
        yield block.following.error("another title or abstract line", "a blank line between two documents")


def _is_behind(row: _Row, texts: Mapping[str, str]) -> bool:
    start = row.columns[1]
    return bool(_OFFSET.fullmatch(start)) and int(start) > sum(map(len, texts.values()))


def _gold(rows: Sequence[_Row], document: Document, relations: Collection[str]) -> Gold:
    before: set[tuple[str, ...]] = set()
    stated: list[Statement] = []
    passed_over = []
    for row in rows:
        if tuple(row.columns) in before:
            raise row.line.error("the relation a second time", "each relation once")
        before.add(tuple(row.columns))
        if len(row.columns) == _WIDEST_RELATION and row.columns[2] == row.columns[3]:
            # BioRED has them, such as a protein that binds to another one of its kind; no candidate pair is one.
            passed_over.append(PassedOver("relations of an entity with itself", 1, row.line.place))
            continue
        ends = [named_entities(id, document) for id in row.columns[2:4]]
        stated += statements(row.line.place, row.columns[1], *ends)
    return Gold(stated_facts(stated, document, relations), passed_over=tuple(passed_over))


def _texts(lines: Sequence[Line]) -> dict[str, str]:
    """The title (`t`) and the abstract (`a`), one of which may be missing, out of the first lines."""
    texts = {}
    for line, kinds in zip(lines, ("ta", "a"), strict=False):
        match = TEXT_LINE.fullmatch(line.text)
        if match is None or match[2] not in kinds or match[2] in texts:
            break
        texts[match[2]] = match[3]
    if not texts:
        raise lines[0].error(f"{lines[0].text[:40]!r}", _TITLE)
    return texts


def _rows(block: Block, lines: Sequence[Line], texts: Collection[str]) -> list[_Row]:
    rows = []
    for line in lines:
        if TEXT_LINE.fullmatch(line.text):
            raise line.error("another title or abstract line", "one title and one abstract, above the rows")
        row = _Row(line, line.text.split("\t"), texts)
        if len(row.columns) < (4 if row.is_relation else 5):
            raise row.error_of_columns()
        if row.columns[0] != line.document:
            found = f"a row of document {row.columns[0][:LONGEST_ID]!r}"
            raise line.error(found, f"rows of {line.document!r} up to the next blank line")
        rows.append(row)
    last = rows[-1] if rows else None
    if last and last.line is block.lines[-1] and not block.ended and not last.is_relation and len(last.columns) == 5:
        raise last.line.error("a line that breaks off after 5 columns", "a whole line")
    return rows


def _layout(passages: tuple[Passage, ...], mentions: Sequence[Marked], name: str, _: OffsetUnit) -> Layout:
    return Layout(passages, mentions, name)


def _marked(row: _Row) -> Marked:
    line, kind, broken = row.line, row.columns[4], None
    parts: tuple[tuple[int, int], ...] = ()
    wrong = next((column for column in row.columns[1:3] if not _OFFSET.fullmatch(column)), None)
    if wrong is not None:
        broken = line.error(f"the offset {wrong[:40]!r}", "a whole number from 0")
    else:
        start, end = map(int, row.columns[1:3])
        parts = ((start, end),)
        if not kind.strip():
            broken = line.error("an empty type", "an entity type")
    ids = entity_ids(row.columns[5], kind) if len(row.columns) > 5 else ()
    return Marked(line.place, parts, row.columns[3], kind, ids, broken)
