"""What a page is made of, before it is HTML or Markdown: both are written from the same sections."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from glre.reporting.content.case import Case

RowOrigin = Literal["plain", "paper", "ours", "missing"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; figures stand to the right and sort as numbers."""

    heading: str
    is_figure: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One cell for each column; `origin` says whose figures they are, where a table has those of several."""

    cells: tuple[str, ...]
    origin: RowOrigin = "plain"


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under a heading of their own; without one where the table has no groups."""

    rows: tuple[Row, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption; `notes` stand below it. ValueError where a row has too few cells, or too many."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    notes: tuple[str, ...] = ()
    is_sortable: bool = False

    def __post_init__(self) -> None:
        for group in self.groups:
            for row in group.rows:
                if len(row.cells) != len(self.columns):
                    raise ValueError(f"{self.caption}: {len(row.cells)} cells in {len(self.columns)} columns")


@dataclass(frozen=True, slots=True)
class Key:
    """What a colour of a figure stands for: series number `place`, from 1 on; of a line, with its dashes."""

    place: int
    name: str
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing, `svg`, with the key to its colours, what is to be said of it, and its numbers as a table."""

    kind: ClassVar[str] = "figure"
    title: str
    note: str
    svg: str
    keys: tuple[Key, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph."""

    kind: ClassVar[str] = "note"
    text: str


@dataclass(frozen=True, slots=True)
class Cases:
    """The case studies of one point."""

    kind: ClassVar[str] = "cases"
    cases: tuple[Case, ...]


Block = Table | Figure | Note | Cases


@dataclass(frozen=True, slots=True)
class PageSection:
    """A part of the page: `id` is its anchor; parts of it come behind its own blocks."""

    id: str
    heading: str
    blocks: tuple[Block, ...] = ()
    parts: tuple["PageSection", ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report; `provenance` is its foot."""

    name: str
    title: str
    lead: str
    sections: tuple[PageSection, ...]
    provenance: PageSection
