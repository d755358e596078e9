"""Documents out of any source, each read or set aside."""

import io
from collections.abc import Iterator

from glre.document_format import Format
from glre.documents.document import Document, check
from glre.errors import InputError
from glre.formats.bioc.xml import read_bioc_xml
from glre.formats.inputs.opening import Opened, begun, opened, unbroken
from glre.formats.inputs.sources import Source
from glre.formats.inputs.told_format import KNOWN, told_by_beginning
from glre.formats.json_documents import read_json
from glre.formats.pubtator.exports import read_pubtator
from glre.formats.set_aside import SetAside

_SHOWN = 60


def read_source(source: Source, format: Format | None = None) -> Iterator[Document | SetAside]:
    """The documents of a source in its order, without facts, those that can't be used set aside with their reason.

    Without a `format` it is told by the content. Ids are unique among the documents that come out; to know that, the
    ids are all that is kept in memory, but for JSON that is no JSON Lines, which is read as a whole. InputError, when
    the iteration comes there, where the source can't be used or not be read to its end.
    """
    with opened(source) as content:
        yield from _usable(content, format)


def read_text(text: str, place: str) -> list[Document]:
    """The documents of a text, without facts; InputError names `place` where any of them can't be used."""
    try:
        content = text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{place}, character {error.start}", "half of a surrogate pair", "Unicode text") from None
    documents = []
    for read in _usable(begun(io.BytesIO(content), place), None):
        if isinstance(read, SetAside):
            raise read.error()
        documents.append(read)
    return documents


def _usable(content: Opened, format: Format | None) -> Iterator[Document | SetAside]:
    ids: set[str] = set()
    none = True
    with unbroken(content.name):
        for read in _read(content, format):
            none = False
            if isinstance(read, Document):
                unusable = _unusable(read, content.name, ids)
                ids.add(read.id)
                yield unusable or read
            else:
                yield read
    if none and format is not Format.PARQUET and told_by_beginning(content.beginning) is not Format.PARQUET:
        raise InputError(content.name, "no document", "one or more documents")


def _unusable(document: Document, name: str, ids: set[str]) -> SetAside | None:
    place = f"{name}, document {document.id!r}"
    if document.id in ids:
        return SetAside(place, document.id, "the id a second time", "an id of its own")
    if not document.sentences:
        return SetAside(place, document.id, "no sentence", "one or more sentences")
    try:
        check(document, name)
    except InputError as error:
        return SetAside.because(error, document.id)
    return None


def _read(content: Opened, format: Format | None) -> Iterator[Document | SetAside]:
    told = format or told_by_beginning(content.beginning)
    if told is Format.PUBTATOR:
        return read_pubtator(content.stream, content.name)
    if told is Format.BIOC_XML:
        return read_bioc_xml(content.stream, content.name)
    if told is Format.PARQUET:
        from glre.formats.own.parquet import read_parquet

        return read_parquet(content.stream, content.name)
    if told is not None:
        return read_json(content.stream, content.name, format)
    beginning = content.beginning[:_SHOWN].decode("utf-8", "replace")
    raise InputError(content.name, repr(beginning), KNOWN)
