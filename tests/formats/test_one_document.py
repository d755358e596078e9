import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from small_sample import ROOT

from glre.document_format import Format
from glre.documents.document import Document, to_json
from glre.errors import InputError
from glre.formats.corpus_file import read_corpus_file
from glre.formats.one_document import read_one

FILE = ROOT / "data/sample/test.PubTator.txt"


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return [replace(document, facts=()) for document in read_corpus_file(FILE, Format.PUBTATOR, ["CID"]).documents]


def lines(*documents: Document) -> str:
    return "".join(f"{to_json(document)}\n" for document in documents)


def test_one_of_many_by_its_id(documents: list[Document]) -> None:
    for document in (documents[0], documents[7]):
        assert read_one(str(FILE), document.id) == document


def test_one_in_a_folder(documents: list[Document], tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(documents[0]), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(lines(*documents[1:3]), encoding="utf-8")
    assert read_one(str(tmp_path), documents[2].id) == documents[2]
    with pytest.raises(InputError, match=f"found no document 'x'; expected one of its 3: '{documents[0].id}', "):
        read_one(str(tmp_path), "x")


def test_the_only_one_needs_no_id(documents: list[Document], tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(to_json(documents[4]), encoding="utf-8")
    assert read_one(str(file), None) == documents[4]


def test_from_standard_input(documents: list[Document], monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO(lines(documents[0]).encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content, encoding="utf-8"))
    assert read_one("-", None) == documents[0]


def test_an_unknown_id_is_told_some_that_are_there(documents: list[Document]) -> None:
    first = ", ".join(repr(document.id) for document in documents[:5])
    with pytest.raises(InputError) as caught:
        read_one(str(FILE), "nobody")
    assert str(caught.value) == f"{FILE}: found no document 'nobody'; expected one of its {len(documents)}: {first}, …"


def test_several_without_an_id_are_told_what_to_ask_for(documents: list[Document]) -> None:
    with pytest.raises(InputError, match=f"found several documents; expected .*--doc, such as '{documents[0].id}', "):
        read_one(str(FILE), None)


def test_reading_ends_where_it_is_found(documents: list[Document], tmp_path: Path) -> None:
    file = tmp_path / "cut.jsonl"
    file.write_text(lines(*documents[:2]) + "{", encoding="utf-8")
    assert read_one(str(file), documents[1].id) == documents[1]


def test_one_that_was_set_aside_is_refused_with_its_reason(documents: list[Document], tmp_path: Path) -> None:
    broken = replace(documents[1], sentences=(), entities=())
    file = tmp_path / "broken.jsonl"
    file.write_text(lines(documents[0], broken), encoding="utf-8")
    with pytest.raises(InputError, match="found no sentence") as caught:
        read_one(str(file), broken.id)
    assert broken.id in caught.value.place
    file.write_text(lines(broken), encoding="utf-8")
    with pytest.raises(InputError, match="found no sentence"):
        read_one(str(file), None)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        read_one(str(tmp_path / "none"), "1")
