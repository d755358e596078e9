"""Documents of users, each read or set aside; what is said of relations is passed over."""

import io
from collections.abc import Iterator

from glre.document_format import Format
from glre.documents.document import Document
from glre.errors import InputError
from glre.formats.inputs.opening import begun, opened
from glre.formats.inputs.sources import Source
from glre.formats.parsed import Parsed
from glre.formats.parsing import parsed_documents
from glre.formats.set_aside import SetAside


def read_source(source: Source, format: Format | None = None) -> Iterator[Document | SetAside]:
    """The documents of a source in its order, without facts, those that can't be used set aside with their reason.

    Without a `format` it is told by the content. Ids are unique among the documents that come out; to know that, the
    ids are all that is kept in memory, but for JSON that is no JSON Lines, which is read as a whole. InputError, when
    the iteration comes there, where the source can't be used or not be read to its end.
    """
    with opened(source, format) as content:
        for parsed in parsed_documents(content, format):
            yield parsed.document if isinstance(parsed, Parsed) else parsed


def read_text(text: str, place: str) -> list[Document]:
    """The documents of a text, without facts; InputError names `place` where any of them can't be used."""
    try:
        content = text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{place}, character {error.start}", "half of a surrogate pair", "Unicode text") from None
    documents = []
    for parsed in parsed_documents(begun(io.BytesIO(content), place, None), None):
        if isinstance(parsed, SetAside):
            raise parsed.error()
        documents.append(parsed.document)
    return documents
