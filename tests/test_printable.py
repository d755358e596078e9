"""What a terminal may be given of anybody's documents."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glre.errors import InputError, errors_reported
from glre.printable import printable


def test_words_of_any_language_stay_as_they_are() -> None:
    text = "β-carotene  “naïve” 中文 می‌خواهم 😀 \u00a0[red]"
    assert printable(text) == text


def test_lines_become_one_and_controls_are_seen() -> None:
    assert printable("a\r\n\tb\x1b[31mc\x9b0m\u202ed\udcff") == "a b\ufffd[31mc\ufffd0m\ufffdd\ufffd"


@given(text=st.text())
def test_nothing_that_is_left_is_a_control(text: str) -> None:
    shown = printable(text)
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert len(shown.splitlines()) <= 1


def test_an_error_is_one_line_without_escape_sequences(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), errors_reported():
        raise InputError("\x1b[2J.pubtator, line 1", "a\nb", "c")
    assert capsys.readouterr().err == "error: \ufffd[2J.pubtator, line 1: found a b; expected c\n"
