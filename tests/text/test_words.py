from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from glre.text.words import Span, word_spans


def words(text: str, cuts: tuple[int, ...] = ()) -> list[str]:
    return [text[start:end] for start, end in word_spans(text, Span(0, len(text)), cuts)]


def test_runs_of_letters_and_digits_and_single_marks() -> None:
    assert words("5-HT2A (p<0.05).") == ["5", "-", "HT2A", "(", "p", "<", "0", ".", "05", ")", "."]


def test_underscore_is_a_mark() -> None:
    assert words("a_b") == ["a", "_", "b"]


def test_combining_accents_stay_with_their_letter() -> None:
    assert words("cafe\u0301 \u03b2-blocker") == ["cafe\u0301", "\u03b2", "-", "blocker"]


def test_cut_inside_a_word() -> None:
    assert words("antihypertensive", (4,)) == ["anti", "hypertensive"]


def test_only_the_words_inside_the_span() -> None:
    assert [tuple(span) for span in word_spans("one two three", Span(4, 7), ())] == [(4, 7)]


@given(st.text(max_size=80), st.data())
def test_offsets_give_back_the_text(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))))
    spans = word_spans(text, Span(0, len(text)), cuts)
    assert all(start < end for start, end in spans)
    assert all(not character.isspace() for start, end in spans for character in text[start:end])
    assert not any(start < cut < end for start, end in spans for cut in cuts)
    rebuilt = [" "] * len(text)
    for start, end in spans:
        rebuilt[start:end] = text[start:end]
    assert "".join(rebuilt) == "".join(" " if character.isspace() else character for character in text)
    assert all(before.end <= after.start for before, after in pairwise(spans))
