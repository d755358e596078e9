from hypothesis import given
from hypothesis import strategies as st

from glre.documents.annotated_text import AnnotatedPassages, Annotation, Passage, to_document
from glre.documents.document import Document, Mention, check
from glre.text.words import Span

TITLE = "Zelatrazine and palsy. A case"
ABSTRACT = "Zelatrazine causes hand and foot palsy. It is rare."


def source(
    *annotations: tuple[str, str, tuple[str, ...]], title: str = TITLE, abstract: str = ABSTRACT
) -> AnnotatedPassages:
    text = f"{title} {abstract}"
    marked = (
        Annotation(Span(text.rindex(words), text.rindex(words) + len(words)), kind, ids)
        for words, kind, ids in annotations
    )
    return AnnotatedPassages("1", title, title_and_abstract(title, abstract), tuple(marked))


def title_and_abstract(title: str, abstract: str) -> tuple[Passage, Passage]:
    return Passage(0, title, heading=True), Passage(len(title) + 1, abstract)


def words_of(document: Document, mention: Mention) -> tuple[str, ...]:
    return document.sentences[mention.sentence].words[mention.start : mention.end]


def test_the_title_is_one_sentence() -> None:
    document = to_document(source())
    assert [len(sentence.words) for sentence in document.sentences] == [6, 7, 4]
    assert document.text == f"{TITLE} {ABSTRACT}"
    assert document.title == TITLE


def test_a_composite_mention_belongs_to_each_of_its_entities() -> None:
    document = to_document(
        source(("hand and foot palsy", "Disease", ("D1", "D2")), ("Zelatrazine", "Chemical", ("C1",)))
    )
    assert [(entity.id, entity.type) for entity in document.entities] == [
        ("C1", "Chemical"),
        ("D1", "Disease"),
        ("D2", "Disease"),
    ]
    assert document.entities[1].mentions == document.entities[2].mentions
    assert words_of(document, document.entities[1].mentions[0]) == ("hand", "and", "foot", "palsy")


def test_a_span_marked_twice_for_an_entity_is_one_mention() -> None:
    document = to_document(source(("palsy", "Disease", ("D1",)), ("palsy", "Disease", ("D1", "D2"))))
    assert [(entity.id, len(entity.mentions)) for entity in document.entities] == [("D1", 1), ("D2", 1)]


def test_a_mention_of_no_entity_still_cuts_words() -> None:
    document = to_document(source(("latra", "Chemical", ())))
    assert document.entities == ()
    assert document.sentences[1].words[:3] == ("Ze", "latra", "zine")


def test_white_space_around_a_mention_is_no_word() -> None:
    document = to_document(source((" hand ", "Disease", ("D1",))))
    mention = document.entities[0].mentions[0]
    assert words_of(document, mention) == ("hand",)
    assert mention.text == " hand "


def test_an_entity_has_the_type_of_most_of_its_mentions() -> None:
    document = to_document(
        source(("hand", "Disease", ("X",)), ("foot", "Chemical", ("X",)), ("palsy", "Chemical", ("X",)))
    )
    assert [entity.type for entity in document.entities] == ["Chemical"]
    tied = to_document(source(("hand", "Disease", ("X",)), ("foot", "Chemical", ("X",))))
    assert [entity.type for entity in tied.entities] == ["Disease"]


def test_title_or_abstract_may_be_empty() -> None:
    assert [s.words for s in to_document(source(title="", abstract="One.")).sentences] == [("One", ".")]
    assert [s.words for s in to_document(source(title="One.", abstract="")).sentences] == [("One", ".")]


@given(st.text(min_size=1, max_size=40), st.text(max_size=60), st.data())
def test_mentions_cover_whole_words(title: str, abstract: str, data: st.DataObject) -> None:
    annotations: list[Annotation] = []
    for part, offset in ((title, 0), (abstract, len(title) + 1)):
        for _ in range(data.draw(st.integers(0, 3)) if part else 0):
            start = data.draw(st.integers(0, len(part) - 1))
            end = data.draw(st.integers(start + 1, len(part)))
            if part[start:end].strip():
                annotations.append(Annotation(Span(offset + start, offset + end), "T", (str(len(annotations)),)))
    document = to_document(AnnotatedPassages("1", title, title_and_abstract(title, abstract), tuple(annotations)))
    check(document, "here")
    assert document.text is not None
    for sentence in document.sentences:
        for word, start, end in zip(sentence.words, sentence.starts, sentence.ends, strict=True):
            assert document.text[start:end] == word
    assert len(document.entities) == len(annotations)
    for entity in document.entities:
        span, mention = annotations[int(entity.id)].span, entity.mentions[0]
        sentence = document.sentences[mention.sentence]
        marked = document.text[span.start : span.end]
        assert document.text[sentence.starts[mention.start] : sentence.ends[mention.end - 1]] == marked.strip()
        assert mention.text == marked


def passages_of(*annotations: Annotation) -> AnnotatedPassages:
    """A heading, a paragraph of two sentences three characters behind it, and one more right behind that."""
    passages = (
        Passage(0, "A case. Of palsy", heading=True),
        Passage(19, "It came. It went."),
        Passage(36, "So it is."),
    )
    return AnnotatedPassages("1", "A case. Of palsy", passages, annotations)


def test_passages_stand_at_their_places() -> None:
    document = to_document(passages_of())
    assert document.text == "A case. Of palsy   It came. It went.So it is."
    assert [" ".join(sentence.words) for sentence in document.sentences] == [
        "A case . Of palsy",
        "It came .",
        "It went .",
        "So it is .",
    ]
    assert [sentence.starts[0] for sentence in document.sentences] == [0, 19, 28, 36]


def test_a_mention_in_one_passage_undoes_breaks_only_there() -> None:
    document = to_document(passages_of(Annotation(Span(22, 30), "T", ("X",)), Annotation(Span(36, 38), "T", ("Y",))))
    assert [len(sentence.words) for sentence in document.sentences] == [5, 6, 4]
    assert [(entity.id, entity.mentions[0].sentence) for entity in document.entities] == [("X", 1), ("Y", 2)]
