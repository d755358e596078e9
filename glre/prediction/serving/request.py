"""The documents of a request: texts in any of the formats that we know, each told by its content."""

from collections.abc import Sequence

from glre.documents.document import Document
from glre.errors import InputError
from glre.formats.inputs.told_format import in_words
from glre.formats.reader import read_text


def read_request(texts: Sequence[str]) -> list[Document]:
    """The documents of all texts, in their order; what the texts say of relations is passed over.

    A text holds one document or several. InputError names the text (from 0), the place in it and what was expected:
    where it is in no format that we know or breaks its own, where there is no document, and where two have the same
    id, so that it would not be clear whose the answers are.
    """
    if not texts:
        raise InputError("inputs", "an empty list", f"one or more documents, each {in_words(None)}")
    documents: list[Document] = []
    known = set()
    for number, text in enumerate(texts):
        place = f"input {number}"
        for document in read_text(text, place):
            if document.id in known:
                raise InputError(f"{place}, document {document.id!r}", "the id a second time", "an id of its own")
            known.add(document.id)
            documents.append(document)
    return documents
