from hypothesis import given
from hypothesis import strategies as st

from glre.text.sentences import sentence_spans
from glre.text.words import Span

TEXT = "Rats were given vit. Each rat slept. Then they woke."


def sentences(text: str, mentions: tuple[Span, ...] = ()) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, Span(0, len(text)), mentions)]


def test_splits_at_full_stops() -> None:
    assert sentences(TEXT) == ["Rats were given vit.", "Each rat slept.", "Then they woke."]


def test_no_break_inside_a_mention() -> None:
    mention = Span(16, 25)
    assert TEXT[16:25] == "vit. Each"
    assert sentences(TEXT, (mention,)) == ["Rats were given vit. Each rat slept.", "Then they woke."]


def test_a_long_mention_hides_every_break_under_it() -> None:
    assert sentences(TEXT, (Span(0, 50), Span(16, 19))) == [TEXT]


def test_a_mention_that_ends_at_the_break_leaves_it() -> None:
    assert len(sentences(TEXT, (Span(16, 20), Span(21, 25)))) == 3


def test_offsets_count_characters_beyond_ascii() -> None:
    assert sentences("\u03b2-blockers \U0001f600 help. \u00dcber it.") == [
        "\u03b2-blockers \U0001f600 help.",
        "\u00dcber it.",
    ]


def test_an_initial_behind_white_space_beyond_ascii() -> None:
    assert sentences("Given by B\u00a0. They slept.") == ["Given by B\u00a0.", "They slept."]


def test_a_span_of_white_space_has_no_sentence() -> None:
    assert sentence_spans("one  \n ", Span(3, 7), ()) == []


@given(st.text(alphabet=st.sampled_from("aB.?! \n\u03b2\U0001f600\u2028\u00a0(1"), max_size=60), st.data())
def test_every_character_but_white_space_is_in_one_sentence(text: str, data: st.DataObject) -> None:
    edges = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=4))
    mentions = [Span(min(pair), max(pair)) for pair in edges]
    spans = sentence_spans(text, Span(0, len(text)), mentions)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    for mention in mentions:
        marked = text[mention.start : mention.end].strip()
        if marked:
            start = text.index(marked, mention.start)
            assert sum(span.start <= start and start + len(marked) <= span.end for span in spans) == 1
