"""From a text whose mentions are marked by character offsets to a document of sentences and words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from glre.documents.document import Document, Entity, Mention, Sentence
from glre.text.sentences import sentence_spans
from glre.text.words import Span, word_spans


@dataclass(frozen=True, slots=True)
class Annotation:
    """A mention by its characters, and the ids of what it names: none, one, or several for a composite mention."""

    span: Span
    type: str
    entity_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a text that begins at character `start`. A heading is one sentence, whatever it contains."""

    start: int
    text: str
    heading: bool = False

    @property
    def end(self) -> int:
        """The character after the last one."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class AnnotatedPassages:
    """Passages in the text's order, none of which overlap; a mention lies inside one of them."""

    id: str
    title: str
    passages: tuple[Passage, ...]
    annotations: tuple[Annotation, ...]

    @property
    def text(self) -> str:
        """Each passage at its place."""
        return laid_out(self.passages)


def laid_out(passages: Iterable[Passage]) -> str:
    """The text in which each passage stands at its place, with spaces where there is none."""
    pieces, reached = [], 0
    for passage in passages:
        pieces += [" " * (passage.start - reached), passage.text]
        reached = passage.end
    return "".join(pieces)


def to_document(source: AnnotatedPassages) -> Document:
    """Split into sentences and words, and gather the mentions of each entity.

    A heading, such as the title, is a sentence of its own. No sentence break falls inside a mention and each mention
    covers whole words. An entity has the type of most of its mentions, of the first among equals.
    """
    text = source.text
    spans = sorted(annotation.span for annotation in source.annotations)
    cuts = sorted({offset for span in spans for offset in span})
    words = [word_spans(text, sentence, cuts) for sentence in _sentences(source.passages, text, spans)]
    return Document(
        id=source.id,
        title=source.title,
        text=text,
        sentences=tuple(
            Sentence(
                words=tuple(text[start:end] for start, end in inside),
                starts=tuple(start for start, _ in inside),
                ends=tuple(end for _, end in inside),
            )
            for inside in words
        ),
        entities=_entities(source.annotations, text, words),
    )


def _sentences(passages: Iterable[Passage], text: str, spans: Sequence[Span]) -> Iterator[Span]:
    following = 0
    for passage in passages:
        inside = Span(passage.start, passage.end)
        first = following
        while following < len(spans) and spans[following].start < passage.end:
            following += 1
        if not passage.heading:
            yield from sentence_spans(text, inside, spans[first:following])
        elif passage.text.strip():
            yield inside


def _entities(annotations: Iterable[Annotation], text: str, words: list[list[Span]]) -> tuple[Entity, ...]:
    place = {word.start: (number, index) for number, inside in enumerate(words) for index, word in enumerate(inside)}
    last = {word.end: index for inside in words for index, word in enumerate(inside)}
    mentions: dict[str, dict[Mention, None]] = {}
    for annotation in sorted(annotations, key=lambda annotation: annotation.span):
        marked = text[annotation.span.start : annotation.span.end]
        stripped_start = annotation.span.start + len(marked) - len(marked.lstrip())
        stripped_end = annotation.span.start + len(marked.rstrip())
        sentence, start = place[stripped_start]
        mention = Mention(sentence, start, last[stripped_end] + 1, marked, annotation.type)
        for entity_id in annotation.entity_ids:
            mentions.setdefault(entity_id, {})[mention] = None
    return tuple(
        Entity(entity_id, Counter(mention.type for mention in own).most_common(1)[0][0], tuple(own))
        for entity_id, own in mentions.items()
    )
