"""Documents of several inputs whose ids are the same."""

from dataclasses import replace

from glre.documents.document import Document
from glre.formats.passed_over import PassedOver, PassedOverCounts
from glre.formats.set_aside import SetAside


def free_id(id: str, taken: set[str] | dict[str, str]) -> str:
    """The id or, where it is taken, the first of `id (2)`, `id (3)` … that is not."""
    found, number = id, 1
    while found in taken:
        number += 1
        found = f"{id} ({number})"
    return found


class SharedIds:
    """Tells documents of several inputs apart. Where it is `strict`, one whose id is taken can't be used."""

    def __init__(self, strict: bool) -> None:
        self._strict = strict
        self._origins: dict[str, str] = {}

    def told_apart(self, document: Document, source: str, counts: PassedOverCounts) -> Document | SetAside:
        """The document, with an id of its own; where it had another one, that is counted, with both inputs' names."""
        first = self._origins.get(document.id)
        if first is None:
            self._origins[document.id] = source
            return document
        place = f"{source}, document {document.id!r}"
        if self._strict:
            return SetAside(place, document.id, f"the id of a document of {first}", "an id of its own")
        own = free_id(document.id, self._origins)
        self._origins[own] = source
        example = f"{place}: {first} has one too; this one is {own!r} in the output"
        counts.add([PassedOver("documents with the id of one of another input", 1, example)])
        return replace(document, id=own)
