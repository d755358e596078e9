"""The table on the terminal, as it is printed."""

import io
from dataclasses import replace

import pytest
from answered_documents import answer, renamed, with_text, without_pair, without_text
from rich.console import Console

from glre.documents.document import Document
from glre.documents.relations import DocumentRelations
from glre.formats.tables.relations_table import relations_table


def printed(*answers: tuple[Document, DocumentRelations], width: int = 120, terminal: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=terminal).print(relations_table(answers))
    return out.getvalue()


def test_relations_are_shown_with_names_ids_and_sentences_from_1() -> None:
    found = answer(with_text())
    text = printed((with_text(), found), (without_text(), answer(without_text())))
    for column in ("document", "head", "relation", "tail", "score", "sentences"):
        assert column in text
    line = next(line for line in text.splitlines() if "41" in line)
    own = found.relations[0]
    for part in (f"{own.head.name} ({own.head.id})", "makes worse", f"{own.score:.3f}", "1, 2, 3"):
        assert part in line
    assert "Kirro (2)" in text
    assert "Ombra Šalta (0)" in text


def test_a_document_without_relations_is_named() -> None:
    text = printed((without_pair(), answer(without_pair())))
    assert "42" in text
    assert "none in 0 pairs" in text


def test_wide_text_is_folded_and_not_cut() -> None:
    name = "".join(chr(ord("a") + number % 26) for number in range(200))
    text = printed((with_text(), renamed(answer(with_text()), name)), width=60)
    assert max(map(len, text.splitlines())) <= 60
    cells = [line.split("│")[2].strip() for line in text.splitlines() if line.startswith("│")]
    assert name in "".join(cells)


def test_there_are_no_colours_in_a_log() -> None:
    assert "\x1b" not in printed((with_text(), answer(with_text())))


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("code", ["\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\x08\x08", "\u202e", "\r", "\n"])
def test_nothing_of_a_document_moves_the_terminal(code: str, terminal: bool) -> None:
    document = replace(with_text(), id=f"4{code}1")
    found = renamed(answer(document), f"a{code}b")
    found = replace(found, relations=tuple(replace(own, name=f"r{code}s") for own in found.relations))
    shown = printed((document, found), terminal=terminal)
    assert code not in shown.replace("\x1b[0m", "").replace("\x1b[1m", "") or code == "\n"
    plain = code.isspace()
    assert f"a{' ' if plain else chr(0xFFFD)}" in shown


def test_nothing_of_a_document_is_markup() -> None:
    assert "[red]a[/red]" in printed((with_text(), renamed(answer(with_text()), "[red]a[/red]")), terminal=True)
