"""One document out of all that an input holds."""

from collections.abc import Iterator

from glre.documents.document import Document
from glre.errors import InputError
from glre.formats.inputs.sources import find_sources
from glre.formats.reader import read_source
from glre.formats.set_aside import SetAside

_NAMED = 5
"""Ids that a message names."""


def read_one(given: str, document_id: str | None) -> Document:
    """The document with this id, or the only one where no id is asked for, of what `given` names: a file, a folder, …

    Reading ends where it is found. InputError, with some ids that are there, where it is not there or, without an id,
    where there are several; and where it was set aside, with the reason.
    """
    items = _items(given)
    if document_id is None:
        return _only(given, items)
    there: list[str] = []
    count = 0
    for item in items:
        name = _id(item)
        if name == document_id:
            return usable(item)
        count += 1
        if len(there) < _NAMED and name is not None:
            there.append(name)
    raise InputError(given, f"no document {document_id!r}", f"one of its {count}: {_listed(there, count)}")


def _only(given: str, items: Iterator[Document | SetAside]) -> Document:
    first = [item for item, _ in zip(items, range(_NAMED + 1), strict=False)]
    if len(first) > 1:
        names = [name for item in first[:_NAMED] if (name := _id(item)) is not None]
        raise InputError(
            given, "several documents", f"one of them named by --doc, such as {_listed(names, len(first))}"
        )
    if not first:
        raise InputError(given, "no document", "one or more documents")
    return usable(first[0])


def _items(given: str) -> Iterator[Document | SetAside]:
    for source in find_sources([given]):
        yield from read_source(source)


def _id(item: Document | SetAside) -> str | None:
    return item.id if isinstance(item, Document) else item.document_id


def usable(item: Document | SetAside) -> Document:
    """The document; InputError with the reason where it was set aside."""
    if isinstance(item, SetAside):
        raise item.error()
    return item


def _listed(names: list[str], count: int) -> str:
    return ", ".join(map(repr, names)) + (", …" if count > len(names) else "")
