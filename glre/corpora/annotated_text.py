"""From a text whose mentions are marked by character offsets to a document of sentences and words."""

from collections import Counter
from dataclasses import dataclass

from glre.corpora.sentences import sentence_spans
from glre.corpora.words import Span, word_spans
from glre.documents import Document, Entity, Fact, Mention, Sentence


@dataclass(frozen=True, slots=True)
class Annotation:
    """A mention by its characters, and the ids of what it names: none, one, or several for a composite mention."""

    span: Span
    type: str
    entity_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnnotatedText:
    """A title and an abstract; offsets count from the title's start, with one character between the two."""

    id: str
    title: str
    abstract: str
    annotations: tuple[Annotation, ...]
    facts: tuple[Fact, ...]

    @property
    def text(self) -> str:
        """Title and abstract, joined by one space."""
        return f"{self.title} {self.abstract}"


def to_document(source: AnnotatedText) -> Document:
    """Split into sentences and words, and gather the mentions of each entity.

    The title is a sentence of its own, whatever it contains. No sentence break falls inside a mention and each
    mention covers whole words. An entity has the type of most of its mentions, of the first among equals.
    """
    text = source.text
    spans = [annotation.span for annotation in source.annotations]
    cuts = sorted({offset for span in spans for offset in span})
    title = Span(0, len(source.title))
    sentences = [title] if source.title.strip() else []
    sentences += sentence_spans(text, Span(title.end + 1, len(text)), spans)
    words = [word_spans(text, sentence, cuts) for sentence in sentences]
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
        entities=_entities(source, words),
        facts=source.facts,
    )


def _entities(source: AnnotatedText, words: list[list[Span]]) -> tuple[Entity, ...]:
    place = {word.start: (number, index) for number, inside in enumerate(words) for index, word in enumerate(inside)}
    last = {word.end: index for inside in words for index, word in enumerate(inside)}
    mentions: dict[str, dict[Mention, None]] = {}
    for annotation in sorted(source.annotations, key=lambda annotation: annotation.span):
        marked = source.text[annotation.span.start : annotation.span.end]
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
