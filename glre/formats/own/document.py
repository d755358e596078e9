"""Documents as `glre.documents` has them, from keys and values."""

from typing import Any

from pydantic_core import PydanticSerializationError
from pydantic_core import to_json as write_json

from glre.documents.document import Document, from_json
from glre.errors import InputError


def own_document(content: Any, place: str) -> Document:
    """The document, without facts; InputError names `place` where values, spans or offsets don't fit together."""
    if not isinstance(content, dict):
        raise InputError(place, repr(content)[:60], "an object with id, title, text, sentences and entities")
    try:
        text = write_json({**content, "facts": [], "excluded": []}).decode()
    except PydanticSerializationError:
        raise InputError(place, "values that are no text, numbers or lists", "the columns of a document") from None
    document = from_json(text, place)
    _check_offsets(document, f"{place}, document {document.id!r}")
    return document


def own_id(content: Any) -> str | None:
    """The id of a document, where it has one."""
    id = content.get("id") if isinstance(content, dict) else None
    return id if isinstance(id, str) else None


def _check_offsets(document: Document, place: str) -> None:
    """With a text, every word has its place there, in order; without one, none has."""
    reached = 0
    for number, sentence in enumerate(document.sentences):
        where = f"{place}, sentence {number}"
        offsets = 0 if document.text is None else len(sentence.words)
        if not len(sentence.starts) == len(sentence.ends) == offsets:
            found = f"{len(sentence.starts)} starts and {len(sentence.ends)} ends"
            expected = "none where there is no text" if document.text is None else f"one for each of {offsets} words"
            raise InputError(where, found, expected)
        for start, end, word in zip(sentence.starts, sentence.ends, sentence.words, strict=False):
            if start < reached or document.text is None or document.text[start:end] != word:
                found = f"the word {word[:60]!r} from {start} to {end}"
                raise InputError(where, found, "the same word in the text, after the one before it")
            reached = end
