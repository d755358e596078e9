"""Documents as `glre.documents` has them, from keys and values."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import Any

from pydantic_core import PydanticSerializationError
from pydantic_core import to_json as write_json

from glre.counted import counted
from glre.documents.document import Document, from_json
from glre.errors import InputError
from glre.formats.parsed import Gold, Parsed, Statement, stated_facts


def parse_own(content: Any, place: str) -> Parsed:
    """The document; InputError names `place` where values, spans or offsets don't fit together."""
    if not isinstance(content, dict):
        raise InputError(place, repr(content)[:60], "an object with id, title, text, sentences and entities")
    document = _document({**content, "facts": [], "excluded": []}, place)
    named = f"{place}, document {document.id!r}"
    _check_offsets(document, named)
    return Parsed(named, document, partial(own_gold, content, place))


def _document(content: dict[str, Any], place: str) -> Document:
    try:
        text = write_json(content).decode()
    except PydanticSerializationError:
        raise InputError(place, "values that are no text, numbers or lists", "the columns of a document") from None
    return from_json(text, place)


def own_gold(content: dict[str, Any], place: str, relations: Collection[str]) -> Gold:
    """The facts and excluded pairs of a document; either may be missing. InputError where they don't fit the document.

    Facts have to be of `relations`, between two different entities.
    """
    kept: dict[str, Any] = {key: content[key] or [] for key in ("facts", "excluded") if key in content}
    document = _document({**content, **kept}, place)
    stated = [
        Statement(f"{place}, document {document.id!r}, fact {number}", own.head, own.relation, own.tail, own.evidence)
        for number, own in enumerate(document.facts)
    ]
    return Gold(stated_facts(stated, replace(document, facts=()), relations), document.excluded)


def _check_offsets(document: Document, place: str) -> None:
    """With a text, every word has its place there, in order; without one, none has."""
    reached = 0
    for number, sentence in enumerate(document.sentences):
        where = f"{place}, sentence {number}"
        offsets = 0 if document.text is None else len(sentence.words)
        if not len(sentence.starts) == len(sentence.ends) == offsets:
            found = f"{counted(len(sentence.starts), 'start')} and {counted(len(sentence.ends), 'end')}"
            expected = (
                "none where there is no text"
                if document.text is None
                else f"one for each of {counted(offsets, 'word')}"
            )
            raise InputError(where, found, expected)
        for start, end, word in zip(sentence.starts, sentence.ends, sentence.words, strict=False):
            if start < reached or document.text is None or document.text[start:end] != word:
                found = f"the word {word[:60]!r} from {start} to {end}"
                raise InputError(where, found, "the same word in the text, after the one before it")
            reached = end
