import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from export_texts import DOCUMENTS, own_json, own_lines
from formatted import as_words, docred

from glre.document_format import Format
from glre.documents.document import Document, to_json
from glre.formats.corpus_file import read_corpus_file
from glre.formats.json_documents import parse_json
from glre.formats.parsed import Parsed
from glre.formats.reader import read_text
from glre.formats.reading import Reading
from glre.formats.set_aside import SetAside

FIRST, SECOND = DOCUMENTS


def read(text: str, format: Format | None = None) -> list[Document | SetAside]:
    return list(read_json(io.BytesIO(text.encode()), format))


def read_json(stream: BinaryIO, format: Format | None) -> Iterator[Document | SetAside]:
    for one in parse_json(stream, "here", Reading(format)):
        yield one.document if isinstance(one, Parsed) else one


def test_own_documents_as_one_a_list_or_lines() -> None:
    assert read(to_json(FIRST)) == [FIRST]
    assert read(json.dumps(json.loads(to_json(FIRST)), indent=1)) == [FIRST]
    assert read(own_json(FIRST, SECOND)) == [FIRST, SECOND]
    assert read(own_lines(FIRST, SECOND)) == [FIRST, SECOND]
    assert read("\ufeff\n" + own_lines(FIRST, SECOND).replace("\n", "\r\n\r\n")) == [FIRST, SECOND]
    assert read(own_lines(FIRST, SECOND).rstrip("\n"), Format.JSON) == [FIRST, SECOND]


def test_docred_as_one_a_list_or_lines() -> None:
    expected = [as_words(FIRST), as_words(SECOND)]
    assert read(json.dumps(docred(FIRST))) == expected[:1]
    assert read(json.dumps([docred(FIRST), docred(SECOND)])) == expected
    assert read(f"{json.dumps(docred(FIRST))}\n{json.dumps(docred(SECOND))}", Format.DOCRED) == expected


def test_repeated_titles_are_numbered_as_in_corpora(tmp_path: Path) -> None:
    same = docred(FIRST) | {"labels": []}
    items = [same, same, docred(SECOND) | {"labels": []}, same]
    (path := tmp_path / "corpus.json").write_text(json.dumps(items), encoding="utf-8")
    assert read(json.dumps(items)) == read_corpus_file(path, Format.DOCRED, []).documents


def test_lines_may_mix_formats() -> None:
    text = f"{json.dumps(docred(FIRST))}\n{to_json(SECOND)}\n"
    assert read(text) == [as_words(FIRST), SECOND]


def test_a_bad_line_costs_itself_only() -> None:
    lines = own_lines(FIRST, SECOND)
    for bad in ("{", "[", "null", '{"id": "x"}', '{"id": "x", "sentences": []}', to_json(FIRST)[:-9]):
        read_first, read_second, refused = read(f"{lines}{bad}\n")
        assert (read_first, read_second) == (FIRST, SECOND)
        assert isinstance(refused, SetAside)
        assert refused.place.startswith("here, line 3")
        refused, *others = read(f"{to_json(FIRST)[:-9]}\n{lines}")
        assert others == [FIRST, SECOND]
        assert isinstance(refused, SetAside)
        assert refused.place == "here, line 1"


def test_a_bad_item_costs_itself_only() -> None:
    outside = docred(SECOND) | {"sents": [["One", "sentence"]]}
    first, refused, number, last = read(json.dumps([docred(FIRST), outside, 3, docred(SECOND)]))
    assert (first, last) == (as_words(FIRST), as_words(SECOND))
    assert isinstance(refused, SetAside)
    assert refused.document_id == "2"
    assert refused.place.startswith("here, document 1 '2', entity 1")
    assert isinstance(number, SetAside)
    assert (number.place, number.found) == ("here, document 2", "3")


def test_offsets_have_to_fit_the_text() -> None:
    shifted = replace(FIRST, text=f" {FIRST.text}")
    (refused,) = read(to_json(shifted))
    assert isinstance(refused, SetAside)
    assert (refused.document_id, refused.place) == ("1", "here, document 0, document '1', sentence 0")
    assert refused.found == "the word 'Zelatrazine' from 0 to 11"
    assert isinstance(read(to_json(replace(FIRST, text=None)))[0], SetAside)


def test_facts_are_passed_over() -> None:
    content = json.loads(to_json(FIRST)) | {
        "facts": [{"head": "no", "tail": "where", "relation": "CID"}],
        "excluded": 3,
    }
    assert read_text(json.dumps(content), "here") == [FIRST]


def test_lines_are_read_one_at_a_time() -> None:
    lines = iter([*own_lines(FIRST, SECOND).encode().splitlines(keepends=True), b"{"])

    class Lines(io.BytesIO):
        def readline(self, _: int | None = -1) -> bytes:
            return next(lines, b"")

        def __next__(self) -> bytes:
            return next(lines)

    reading = read_json(Lines(), None)
    assert next(reading) == FIRST
    assert next(lines) == b"{"
