"""What readers pass over, leave out or mend: each kind of it counted, with the first example."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from glre.printable import printable

_KINDS = 100
"""Kinds that are told apart: an input could make up any number of them."""
_OTHERS = "others"
_HEADER = ("passed over or mended", "count", "first example")


@dataclass(frozen=True, slots=True)
class PassedOver:
    """So many things of a kind, which is named in the plural; `example` says where the first is, and what."""

    kind: str
    count: int
    example: str


class PassedOverCounts:
    """All kinds that were met, in the order in which they were met first."""

    def __init__(self) -> None:
        self._kinds: dict[str, PassedOver] = {}

    def add(self, found: Iterable[PassedOver]) -> None:
        """Count them, where there are any; the example of an earlier one of the same kind stays."""
        for own in found:
            if not own.count:
                continue
            kind = own.kind if own.kind in self._kinds or len(self._kinds) < _KINDS else _OTHERS
            before = self._kinds.get(kind)
            count = own.count + (before.count if before else 0)
            self._kinds[kind] = replace(before or own, kind=kind, count=count)

    @property
    def rows(self) -> tuple[PassedOver, ...]:
        """One of each kind that was met."""
        return tuple(self._kinds.values())


def in_lines(rows: Iterable[PassedOver]) -> str:
    """A table for people, a line for each kind below a header; empty where nothing was passed over."""
    cells = [(own.kind, f"{own.count:,}", printable(own.example)) for own in rows]
    if not cells:
        return ""
    kinds, counts = (max(len(row[column]) for row in (_HEADER, *cells)) for column in (0, 1))
    return "".join(f"{kind:{kinds}}  {count:>{counts}}  {example}\n" for kind, count, example in (_HEADER, *cells))


def as_values(rows: Iterable[PassedOver]) -> list[Mapping[str, Any]]:
    """The same as keys and values, for files; what is no Unicode text, as in names of files, is escaped."""
    return [
        {"kind": own.kind, "count": own.count, "example": own.example.encode(errors="backslashreplace").decode()}
        for own in rows
    ]
