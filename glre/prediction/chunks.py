"""A stream of documents in chunks that are encoded and scored together."""

from collections.abc import Iterable, Iterator

from glre.documents.document import Document
from glre.formats.set_aside import SetAside

CHUNK_DOCUMENTS = 1_000
CHUNK_WORDS = 250_000
"""Of a chunk: so that documents of like length meet, and what is kept of them is a few hundred megabytes at most."""


def chunks(
    documents: Iterable[Document | SetAside], most_words: int = CHUNK_WORDS
) -> Iterator[list[Document | SetAside]]:
    """The stream cut, in its order, before it would hold more than `CHUNK_DOCUMENTS` or `most_words`."""
    chunk: list[Document | SetAside] = []
    words = 0
    for document in documents:
        own = document.words if isinstance(document, Document) else 0
        if chunk and (len(chunk) == CHUNK_DOCUMENTS or words + own > most_words):
            yield chunk
            chunk, words = [], 0
        chunk.append(document)
        words += own
    if chunk:
        yield chunk
