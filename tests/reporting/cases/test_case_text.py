from hypothesis import given, settings
from hypothesis import strategies as st

from glre.documents.document import Document, Entity, Mention, Sentence
from glre.reporting.cases.case_text import case_entities, sentence_pieces
from glre.reporting.content.case import MentionPlace

WORDS = ("Aspirin", "and", "renal", "failure", ".")


@st.composite
def annotated(draw: st.DrawFn) -> Document:
    """One sentence whose mentions may be anywhere, also across each other; half of the time with its text."""
    spans = st.tuples(st.integers(0, 4), st.integers(1, 5)).filter(lambda span: span[0] < span[1])
    mentions = draw(st.lists(st.lists(spans, min_size=1, max_size=3, unique=True), max_size=4))
    gaps = draw(st.lists(st.sampled_from(["", " ", "  "]), min_size=4, max_size=4))
    starts, text = [], ""
    for word, gap in zip(WORDS, [*gaps, ""], strict=True):
        starts.append(len(text))
        text += word + gap
    ends = tuple(start + len(word) for start, word in zip(starts, WORDS, strict=True))
    has_text = draw(st.booleans())
    sentence = Sentence(WORDS, tuple(starts), ends) if has_text else Sentence(WORDS)
    entities = tuple(
        Entity(f"E{number}", "T", tuple(Mention(0, start, end, " ".join(WORDS[start:end]), "T") for start, end in own))
        for number, own in enumerate(mentions)
    )
    return Document("d", "", text if has_text else None, (sentence,), entities)


@settings(max_examples=100)
@given(annotated())
def test_pieces_are_the_sentence_each_with_the_mentions_around_it(document: Document) -> None:
    pieces = sentence_pieces(document, 0)
    whole = document.text if document.text is not None else " ".join(WORDS)
    assert "".join(piece.text for piece in pieces) == whole
    for number, entity in enumerate(document.entities):
        for place, mention in enumerate(entity.mentions):
            own = [piece for piece in pieces if MentionPlace(number, place) in piece.mentions]
            joined = "".join(piece.text for piece in own)
            if document.text is None:
                assert joined == mention.text
            else:
                starts, ends = document.sentences[0].starts, document.sentences[0].ends
                assert joined == whole[starts[mention.start] : ends[mention.end - 1]]
            assert [piece for piece in own if piece.ended][-1] == own[-1]
    assert all(piece.mentions or not piece.ended for piece in pieces)


def test_entities_have_colours_of_their_own() -> None:
    mention = Mention(0, 0, 1, "Aspirin", "T")
    many = tuple(Entity(f"E{number}", "T", (mention, mention)) for number in range(40))
    entities = case_entities(Document("d", "", None, (Sentence(WORDS),), many))
    assert len({entity.hue for entity in entities}) == 40
    assert {(entity.name, entity.mentions) for entity in entities} == {("Aspirin", 2)}
