"""Whatever comes in, nothing but documents, documents set aside and an InputError comes out."""

import json
from pathlib import Path

import pytest
from export_texts import EXPORTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glre.document_format import Format
from glre.documents.document import Document, check
from glre.errors import InputError
from glre.formats.inputs.sources import Source
from glre.formats.reader import read_source, read_text
from glre.formats.reading import Reading
from glre.formats.set_aside import SetAside

PIECES = [
    b"\t",
    b"\n",
    b"\r",
    b"\n\n",
    b"|",
    b"1|t|",
    b"|a|",
    b"-1",
    b"0",
    b"999999999",
    b"1e400",
    b" ",
    b"\xff",
    b"\0",
]
PIECES += [
    b"null",
    b"[]",
    b"{}",
    b'"',
    b"\\ud800",
    b"true",
    b'"x":',
    b"1.5",
    b"\xef\xbb\xbf",
    b"\xf0\x9f\x98\x80",
    b",",
]
PIECES += [
    b"<",
    b">",
    b"&#0;",
    b"&lt;",
    b"]]>",
    b"<!--",
    b"<passage>",
    b"</document>",
    b'offset="',
    b"\x1f\x8b",
    b"PAR1",
]


def outcome(path: Path, format: Format | None) -> int:
    """How many documents come out; each is checked."""
    read: list[Document | SetAside] = []
    errors = []
    try:
        for one in read_source(Source("the input", path), Reading(format)):
            read.append(one)
    except InputError as error:
        errors.append(error)
    for one in read:
        if isinstance(one, SetAside):
            errors.append(one.error())
        else:
            check(one, "here")
            assert one.sentences
            assert one.facts == ()
    for error in errors:
        assert error.place.startswith("the input")
        assert str(error).isprintable()
    ids = [one.id for one in read if isinstance(one, Document)]
    assert len(set(ids)) == len(ids)
    return len(ids)


def mutated(data: st.DataObject, content: bytes) -> bytes:
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 12)))
        piece = data.draw(st.binary(max_size=3) | st.sampled_from(PIECES))
        content = content[:start] + piece + content[end:]
    return content


@pytest.mark.parametrize("name", EXPORTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.data())
def test_damaged_files(name: str, tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "input"
    path.write_bytes(EXPORTS[name])
    assert outcome(path, None) == 2
    path.write_bytes(mutated(data, EXPORTS[name]))
    outcome(path, None)
    outcome(path, data.draw(st.sampled_from(Format)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.binary() | st.text().map(str.encode), st.sampled_from([None, *Format]))
def test_anything(tmp_path: Path, content: bytes, format: Format | None) -> None:
    path = tmp_path / "input"
    path.write_bytes(content)
    outcome(path, format)


@settings(max_examples=200)
@given(st.data())
def test_texts(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["pubtator", "bioc-json", "bioc-xml", "docred", "json", "jsonl"]))
    text = mutated(data, EXPORTS[name]).decode("utf-8", data.draw(st.sampled_from(["replace", "surrogateescape"])))
    place, documents = "the text", []
    try:
        documents = read_text(text, "the text")
    except InputError as error:
        place = error.place
    assert place.startswith("the text")
    for document in documents:
        check(document, "here")


KEYS = ["id", "title", "text", "sents", "sentences", "vertexSet", "entities", "passages", "documents", "offset", "type"]
KEYS += ["annotations", "infons", "locations", "length", "identifier", "PubTator3", "words", "mentions"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(JSON, st.sampled_from([None, Format.BIOC_JSON, Format.DOCRED, Format.JSON]))
def test_json_of_any_shape(tmp_path: Path, content: object, format: Format | None) -> None:
    path = tmp_path / "input"
    path.write_bytes(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))
    outcome(path, format)
