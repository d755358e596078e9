"""The documents of a request: texts in any of the formats that we know, each told by its content."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic_core import from_json as parse_json
from pydantic_core import to_json as write_json

from glre.corpora.docred import read_docred_items
from glre.corpora.pubtator import read_pubtator_text
from glre.documents import Document, from_json
from glre.errors import InputError

FORMATS = (
    "PubTator (`id|t|title`, `id|a|abstract`, rows of mentions), JSON in DocRED's format (title, sents, vertexSet), "
    "or JSON as glre.documents writes it (id, title, text, sentences, entities)"
)
_SHOWN = 60
_BYTE_ORDER_MARK = "\ufeff"


def read_request(texts: Sequence[str]) -> list[Document]:
    """The documents of all texts, in their order; what the texts say of relations is passed over.

    A text holds one document, or several in PubTator's blocks or a JSON list. InputError names the text (from 0), the
    place in it and what was expected: where it is in no format that we know or breaks its own, where there is no
    document, and where two have the same id, so that it would not be clear whose the answers are.
    """
    if not texts:
        raise InputError("inputs", "an empty list", f"one or more documents, each {FORMATS}")
    documents: list[Document] = []
    known = set()
    for number, text in enumerate(texts):
        place = f"input {number}"
        for document in _read(text, place):
            if document.id in known:
                raise InputError(f"{place}, document {document.id!r}", "the id a second time", "an id of its own")
            if not document.sentences:
                raise InputError(f"{place}, document {document.id!r}", "no sentence", "one or more sentences")
            known.add(document.id)
            documents.append(document)
    return documents


def _read(text: str, place: str) -> list[Document]:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{place}, character {error.start}", "half of a surrogate pair", "Unicode text") from None
    begin = text.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if begin.startswith(("{", "[")):
        return _read_json(begin, place)
    if re.match(r"[^|\t\n]*\|[ta]\|", begin):
        return read_pubtator_text(text, place)
    raise InputError(place, repr(begin[:_SHOWN]) if begin else "nothing", FORMATS)


def _read_json(text: str, place: str) -> list[Document]:
    try:
        content = parse_json(text)
    except ValueError as error:
        raise InputError(place, f"invalid JSON ({error})", FORMATS) from None
    items = content if isinstance(content, list) else [content]
    if not items:
        raise InputError(place, "an empty list", f"one or more documents, each {FORMATS}")
    if all(_is_docred(item) for item in items):
        return read_docred_items(items, place)
    return [_own_document(item, f"{place}, document {number}") for number, item in enumerate(items)]


def _is_docred(item: Any) -> bool:
    return isinstance(item, dict) and bool({"sents", "vertexSet"} & item.keys())


def _own_document(item: Any, place: str) -> Document:
    if not isinstance(item, dict) or not {"sentences", "entities"} & item.keys():
        found = f"an object with the keys {sorted(item)[:10]}" if isinstance(item, dict) else repr(item)[:_SHOWN]
        raise InputError(place, found, FORMATS)
    return from_json(write_json({**item, "facts": [], "excluded": []}).decode(), place)
