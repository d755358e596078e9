"""Documents from JSON, each item in DocRED's, BioC's or our own keys."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from glre.document_format import Format
from glre.documents.document import Document
from glre.errors import InputError
from glre.formats.bioc.document import bioc_document, document_id
from glre.formats.docred.titles import docred_reader
from glre.formats.inputs.json_items import described, item_format, json_items
from glre.formats.inputs.told_format import KNOWN
from glre.formats.own.document import own_document, own_id
from glre.formats.set_aside import SetAside


def read_json(stream: BinaryIO, source: str, format: Format | None) -> Iterator[Document | SetAside]:
    """The documents of a stream, without facts; without a `format`, each item is told by its keys.

    Raises as `json_items` does.
    """
    docred = docred_reader()
    for item in json_items(stream, source, format):
        if isinstance(item, SetAside):
            yield item
            continue
        kind = format or item_format(item.content)
        try:
            if kind is Format.DOCRED:
                yield docred(item.content, item.place)
            elif kind is Format.BIOC_JSON:
                yield bioc_document(item.content, item.place)
            elif kind is Format.JSON:
                yield own_document(item.content, item.place)
            else:
                raise InputError(item.place, described(item.content), KNOWN)
        except InputError as error:
            yield SetAside.because(error, _id(item.content, kind))


def _id(content: Any, kind: Format | None) -> str | None:
    if kind is Format.DOCRED:
        title = content.get("title") if isinstance(content, dict) else None
        return title if isinstance(title, str) else None
    return document_id(content) if kind is Format.BIOC_JSON else own_id(content)
