"""A document from a text and the places of its mentions, in Python."""

from collections.abc import Iterable
from dataclasses import dataclass

from glre.documents.annotated_text import AnnotatedPassages, Annotation, Passage, to_document
from glre.documents.document import Document
from glre.errors import InputError
from glre.text.mention_span import mention_span


@dataclass(frozen=True, slots=True)
class TextMention:
    """Characters `start` to `end` (exclusive) of a text, which name an entity of this type.

    Mentions of the same entity have the same `entity`, its id.
    """

    start: int
    end: int
    type: str
    entity: str


def document_from_text(id: str, text: str, mentions: Iterable[TextMention], title: str = "") -> Document:
    """The text cut into sentences and words, with its entities; the `title` is a name, not part of the text.

    InputError where there is no word in the text or in a mention, or a mention is not inside the text.
    """
    place = f"document {id!r}"
    if not id or not text.strip():
        raise InputError(place, "no id" if not id else "an empty text", "an id and a text")
    annotations: dict[Annotation, None] = {}
    for mention in mentions:
        own = f"{place}, mention {mention.start} to {mention.end}"
        span = mention_span(own, mention.start, mention.end, text[mention.start : mention.end], text)
        if not mention.type or not mention.entity:
            raise InputError(own, "no type" if not mention.type else "no entity", "a type, and the id of an entity")
        annotations[Annotation(span, mention.type, (mention.entity,))] = None
    return to_document(AnnotatedPassages(id, title, (Passage(0, text),), tuple(annotations)))
