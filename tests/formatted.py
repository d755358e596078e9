"""Documents as texts in the formats that users bring."""

import json
from dataclasses import replace
from typing import Any

from glre.documents.document import Document

NO_ENTITY = "-1"


def pubtator(document: Document) -> str:
    """A block in PubTator format, relations of no known name below the mentions."""
    assert document.text is not None
    abstract = document.text[len(document.title) + 1 :]
    lines = [f"{document.id}|t|{document.title}", f"{document.id}|a|{abstract}"]
    for entity in document.entities:
        for mention in entity.mentions:
            sentence = document.sentences[mention.sentence]
            start, end = sentence.starts[mention.start], sentence.ends[mention.end - 1]
            columns = (document.id, start, end, document.text[start:end], mention.type, entity.id)
            lines.append("\t".join(map(str, columns)))
    return "\n".join([*lines, f"{document.id}\tASKED_FOR\tX\tY"]) + "\n"


def docred(document: Document) -> dict[str, Any]:
    """An object in DocRED's format, its id as the title, with a label of no known relation."""
    return {
        "title": document.id,
        "sents": [list(sentence.words) for sentence in document.sentences],
        "vertexSet": [
            [
                {"name": own.text, "sent_id": own.sentence, "pos": [own.start, own.end], "type": own.type}
                for own in entity.mentions
            ]
            for entity in document.entities
        ],
        "labels": [{"h": 0, "t": 99, "r": "asked for", "evidence": []}],
    }


def docred_text(*documents: Document) -> str:
    """A JSON list in DocRED's format."""
    return json.dumps([docred(document) for document in documents])


def as_words(document: Document) -> Document:
    """What is left of a document in DocRED's format: no text, entities by their number."""
    sentences = tuple(replace(sentence, starts=(), ends=()) for sentence in document.sentences)
    entities = tuple(replace(entity, id=str(number)) for number, entity in enumerate(document.entities))
    return replace(document, title=document.id, text=None, sentences=sentences, entities=entities)
