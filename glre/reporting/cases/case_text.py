"""A document's sentences cut where mentions begin and end."""

from itertools import pairwise

from glre.documents.document import Document
from glre.prediction.related_entities import entity_name
from glre.reporting.content.case import CaseEntity, MentionPlace, Piece

_TURN = 137.508
"""Degrees from one entity's hue to the next: the golden angle, which keeps any number of them apart."""


def sentence_pieces(document: Document, number: int) -> tuple[Piece, ...]:
    """The text of sentence `number` in pieces, each of the same mentions throughout; mentions may share words."""
    spans = [
        (mention.start, mention.end, MentionPlace(entity, place), mention.type)
        for entity, of_document in enumerate(document.entities)
        for place, mention in enumerate(of_document.mentions)
        if mention.sentence == number
    ]
    words = len(document.sentences[number].words)
    cuts = sorted({0, words, *(start for start, *_ in spans), *(end for _, end, *_ in spans)})
    pieces = []
    for start, end in pairwise(cuts):
        inside = [span for span in spans if span[0] <= start and end <= span[1]]
        types = dict.fromkeys(kind for _, last, _, kind in inside if last == end)
        pieces.append(Piece(_text(document, number, start, end), tuple(place for *_, place, _ in inside), tuple(types)))
        if end < words and (gap := _gap(document, number, end)):
            around = [span for span in spans if span[0] < end < span[1]]
            pieces.append(Piece(gap, tuple(place for *_, place, _ in around)))
    return tuple(pieces)


def case_entities(document: Document) -> tuple[CaseEntity, ...]:
    """The entities with their colours."""
    return tuple(
        CaseEntity(entity.id, entity_name(entity), entity.type, len(entity.mentions), round(number * _TURN) % 360)
        for number, entity in enumerate(document.entities)
    )


def _text(document: Document, number: int, start: int, end: int) -> str:
    sentence = document.sentences[number]
    if document.text is not None and sentence.starts:
        return document.text[sentence.starts[start] : sentence.ends[end - 1]]
    return " ".join(sentence.words[start:end])


def _gap(document: Document, number: int, word: int) -> str:
    """What stands between the word before `word` and it."""
    sentence = document.sentences[number]
    if document.text is not None and sentence.starts:
        return document.text[sentence.ends[word - 1] : sentence.starts[word]]
    return " "
