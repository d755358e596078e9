"""Documents of users, each read or set aside; what is said of relations is passed over."""

import io
from collections.abc import Iterator

from glre.documents.document import Document
from glre.errors import InputError
from glre.formats.inputs.opening import begun, opened
from glre.formats.inputs.sources import Source
from glre.formats.parsing import parsed_documents
from glre.formats.passed_over import PassedOverCounts
from glre.formats.reading import AS_TOLD, Reading
from glre.formats.set_aside import SetAside


def read_source(
    source: Source, reading: Reading = AS_TOLD, counts: PassedOverCounts | None = None
) -> Iterator[Document | SetAside]:
    """The documents of a source in its order, without facts, those that can't be used set aside with their reason.

    What else was passed over or mended is added to `counts`. Ids are unique among the documents that come out; to know
    that, the ids are all that is kept in memory, but for JSON that is no JSON Lines, which is read as a whole.
    InputError, when the iteration comes there, where the source can't be used or not be read to its end.
    """
    with opened(source, reading.format) as content:
        for parsed in parsed_documents(content, reading):
            if isinstance(parsed, SetAside):
                yield parsed
                continue
            if counts is not None:
                counts.add(parsed.passed_over)
            yield parsed.document


def read_text(text: str, place: str) -> list[Document]:
    """The documents of a text, without facts; InputError names `place` where any of them can't be used."""
    try:
        content = text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{place}, character {error.start}", "half of a surrogate pair", "Unicode text") from None
    documents = []
    for parsed in parsed_documents(begun(io.BytesIO(content), place, None), Reading(strict=True)):
        if isinstance(parsed, SetAside):
            raise parsed.error()
        documents.append(parsed.document)
    return documents
