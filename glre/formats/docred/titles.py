"""DocRED's JSON objects, one by one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from glre.documents.document import Document
from glre.formats.docred.reader import read_docred_item


def docred_reader() -> Callable[[Any, str], Document]:
    """A reader for the objects of one source: where titles are alike, the later documents get `title (2)` and so on.

    Titles are no ids in this format, so they may repeat; corpora are read in the same way.
    """
    given: dict[str, int] = {}

    def read(item: Any, place: str) -> Document:
        document = read_docred_item(item, place)
        id, number = document.id, given.get(document.id, 0)
        while id in given:
            number += 1
            id = f"{document.title} ({number})"
        given[document.title] = max(number, 1)
        given[id] = 1
        return replace(document, id=id)

    return read
