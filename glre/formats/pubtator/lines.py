"""Lines of a text in PubTator format, a block of them for each document."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from glre.errors import InputError

TEXT_LINE = re.compile(r"([^|\t]*)\|([ta])\|(.*)", re.DOTALL)
"""A title or abstract line: document id, `t` or `a`, text."""
LONGEST_ID = 200
_NOT_DECODED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line, numbered from 1, of the document `document` where that is known."""

    source: str
    number: int
    text: str
    document: str | None = None

    @property
    def place(self) -> str:
        """Source, line number and document."""
        place = f"{self.source}, line {self.number}"
        return place if self.document is None else f"{place}, document {self.document!r}"

    def error(self, found: str, expected: str) -> InputError:
        """What was found in this line, and what was expected."""
        return InputError(self.place, found, expected)


@dataclass(frozen=True, slots=True)
class Block:
    """A document's lines, whether the last one has an end, and the next document's first where no blank one divides."""

    lines: tuple[Line, ...]
    ended: bool
    following: Line | None = None


def blocks(lines: Iterable[bytes], source: str) -> Iterator[Block]:
    """The lines of each document: up to a title or abstract line of another one, or up to a blank line.

    Behind a blank line a document goes on where its abstract or its rows come next.
    """
    block: list[Line] = []
    blank = False
    for line in _numbered(lines, source):
        if not line.text.strip():
            blank = bool(block)
            continue
        own = _own_id(line)
        text = TEXT_LINE.fullmatch(line.text)
        goes_on = bool(block) and own == block[0].document and own is not None
        if block and (not (goes_on and (text is None or text[2] == "a")) if blank else bool(text) and not goes_on):
            yield _block(block, None if blank else replace(line, document=block[0].document))
            block = []
        block.append(replace(line, document=block[0].document if block else own))
        blank = False
    if block:
        yield _block(block)


def not_utf8(text: str) -> str | None:
    """The first byte of a line that is no UTF-8, in words; None where it is sound."""
    match = _NOT_DECODED.search(text)
    if match is None:
        return None
    return f"the byte 0x{ord(match[0]) - 0xDC00:02x} at column {match.start() + 1}"


def _numbered(lines: Iterable[bytes], source: str) -> Iterator[Line]:
    # Lines end at line feeds only: str.splitlines would also break a text at U+2028 and shift its offsets.
    for number, raw in enumerate(lines, start=1):
        # A byte that is no UTF-8 stays, as half of a surrogate pair: it costs its own document only.
        text = raw.decode("utf-8", "surrogateescape")
        # Files that were joined have byte order marks inside.
        yield Line(source, number, text.removeprefix("\ufeff"))


def _block(lines: Sequence[Line], following: Line | None = None) -> Block:
    bare = (replace(line, text=line.text.removesuffix("\n").removesuffix("\r")) for line in lines)
    return Block(tuple(bare), lines[-1].text.endswith("\n"), following)


def _own_id(line: Line) -> str | None:
    match = TEXT_LINE.fullmatch(line.text)
    own, tab, _ = line.text.partition("\t")
    if match:
        own = match[1]
    elif not tab:
        return None
    # What is no text could not be printed.
    return own if len(own) <= LONGEST_ID and not not_utf8(own) else None
