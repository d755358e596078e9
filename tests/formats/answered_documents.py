"""Small documents, made by hand or at random, and what a model might say of them."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

from hypothesis import strategies as st

from glre.documents.document import Document, Entity, Mention, Sentence, check
from glre.documents.relations import DocumentRelations, PredictedRelation, RelatedEntity, WeighedMention

TITLE = "Velimide and zornitis."
TEXT = f"{TITLE} Ten of β-users took velimide 😀 daily. Zornitis (ZN) followed in “three”."


def with_text() -> Document:
    """Two entities in three sentences, the first of which is the title."""
    sentences = (
        _cut(0, "Velimide", "and", "zornitis", "."),
        _cut(1, "Ten", "of", "β", "-", "users", "took", "velimide", "😀", "daily", "."),
        _cut(2, "Zornitis", "(", "ZN", ")", "followed", "in", "“", "three", "”", "."),
    )
    entities = (
        Entity("MESH:V1", "Chemical", (_mention(sentences, 0, 0, "Chemical"), _mention(sentences, 1, 6, "Chemical"))),
        Entity("D2", "Disease", (_mention(sentences, 0, 2, "Disease"), _mention(sentences, 2, 0, "Disease", 4))),
    )
    return Document("41", TITLE, TEXT, sentences, entities)


def without_text() -> Document:
    """Two entities in two sentences of words, the title in neither."""
    sentences = (
        Sentence(("Ombra", "Šalta", "founded", "Kirro", "Works", ".")),
        Sentence(("She", "led", "Kirro", ".")),
    )
    entities = (
        Entity("0", "PER", (Mention(0, 0, 2, "Ombra Šalta", "PER"),)),
        Entity("1", "ORG", (Mention(0, 3, 5, "Kirro Works", "ORG"), Mention(1, 2, 3, "Kirro", "ORG"))),
    )
    return Document("Kirro (2)", "Kirro", None, sentences, entities)


def without_pair() -> Document:
    """A single entity, so that nothing can be found."""
    return replace(with_text(), id="42", entities=with_text().entities[:1])


def answer(document: Document, seed: int = 0, weighed: bool = True) -> DocumentRelations:
    """A relation for each ordered pair of entities, with scores and weights by chance."""
    chance = random.Random(seed)
    pairs = list(permutations(document.entities, 2))
    relations = [
        PredictedRelation(
            head=_related(document, head, chance, weighed),
            tail=_related(document, tail, chance, weighed),
            relation="P1",
            name="makes worse",
            score=chance.uniform(0.5, 1),
            threshold=0.5,
            sentences=tuple(sorted({own.sentence for own in (*head.mentions, *tail.mentions)})),
        )
        for head, tail in pairs
    ]
    ordered = sorted(relations, key=lambda own: own.score, reverse=True)
    return DocumentRelations(document.id, len(pairs), tuple(ordered))


def renamed(found: DocumentRelations, name: str) -> DocumentRelations:
    """The same, but all heads have this name and all their mentions this text."""
    return replace(
        found,
        relations=tuple(
            replace(
                own,
                head=replace(own.head, name=name, mentions=tuple(replace(m, text=name) for m in own.head.mentions)),
            )
            for own in found.relations
        ),
    )


def _related(document: Document, entity: Entity, chance: random.Random, weighed: bool) -> RelatedEntity:
    mentions = []
    for own in entity.mentions:
        sentence = document.sentences[own.sentence]
        span = (sentence.starts[own.start], sentence.ends[own.end - 1]) if sentence.starts else (own.start, own.end)
        weight = chance.random() if weighed else None
        mentions.append(WeighedMention(own.text, own.sentence, *span, weight))
    return RelatedEntity(entity.id, entity.mentions[0].text, entity.type, tuple(mentions))


def _cut(number: int, *words: str) -> Sentence:
    position = TEXT.index(("Velimide", "Ten", "Zornitis (")[number])
    starts = []
    for word in words:
        starts.append(TEXT.index(word, position))
        position = starts[-1] + len(word)
    return Sentence(words, tuple(starts), tuple(start + len(word) for start, word in zip(starts, words, strict=True)))


def _mention(sentences: Sequence[Sentence], sentence: int, word: int, kind: str, words: int = 1) -> Mention:
    own = sentences[sentence]
    return Mention(sentence, word, word + words, TEXT[own.starts[word] : own.ends[word + words - 1]], kind)


_WORD = st.text(st.sampled_from("aB9é中\u0301😀-.,|%'\"<&\x01\x1b\ufeff"), min_size=1, max_size=5)
_GAP = st.sampled_from(["", " ", " ", " ", "  ", "\n", "\t", "\r\n", "\u00a0", "\u2028", "\x85"])
_NAMES = ["MESH:D1", "0", "a|b", "-1", " x ", "\ty", "100%", "é\n", "=1+1", "\ufeffz"]
_NAMES += ["D1;D2", "D1+D2,D3", "None", "c|DEL|94|C", "g|94|x", "MESH:-"]
_KIND = st.sampled_from(["Chemical", "Disease", "two words", "t|t", "SequenceVariant"])


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Documents with or without text, with odd characters, titles, ids, and mentions that overlap."""
    lengths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    cut = [draw(st.lists(_WORD, min_size=length, max_size=length)) for length in lengths]
    text = draw(st.booleans()) and draw(_GAP)
    sentences = []
    for words in cut:
        starts = []
        for word in words:
            if text is not False:
                starts.append(len(text))
                text += word + draw(_GAP)
        ends = (start + len(word) for start, word in zip(starts, words, strict=False))
        sentences.append(Sentence(tuple(words), tuple(starts), tuple(ends)))
    source = text if text is not False else " ".join(word for words in cut for word in words)
    begin = source[: draw(st.integers(0, len(source)))]
    title = draw(st.sampled_from(["", "another", begin, begin.rstrip()]))
    entities = []
    for name in draw(st.lists(st.sampled_from(_NAMES), unique=True, max_size=4)):
        kind = draw(_KIND)
        mentions = draw(st.lists(_mentions(sentences, kind), min_size=1, max_size=3))
        entities.append(Entity(name, kind, tuple(sorted(mentions, key=lambda own: (own.sentence, own.start)))))
    name = draw(st.sampled_from(_NAMES))
    made = Document(name, title, None if text is False else text, tuple(sentences), tuple(entities))
    check(made, "a test")
    return made


@st.composite
def _mentions(draw: st.DrawFn, sentences: Sequence[Sentence], kind: str) -> Mention:
    number = draw(st.integers(0, len(sentences) - 1))
    words = sentences[number].words
    start = draw(st.integers(0, len(words) - 1))
    end = draw(st.integers(start + 1, len(words)))
    return Mention(number, start, end, " ".join(words[start:end]), kind)
