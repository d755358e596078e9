import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from formatted import as_words, docred, docred_text, pubtator
from hypothesis import given
from hypothesis import strategies as st
from small_sample import ROOT

from glre.document_format import Format
from glre.documents.document import Document, check, to_json
from glre.errors import InputError
from glre.formats.corpus_file import read_corpus_file
from glre.prediction.serving.request import read_request


def made() -> list[Document]:
    """The first documents of the generated corpus, without facts."""
    documents = read_corpus_file(ROOT / "data/sample/dev.PubTator.txt", Format.PUBTATOR, ["CID"]).documents[:3]
    return [replace(document, facts=()) for document in documents]


FIRST, SECOND, THIRD = made()


def test_pubtator_with_one_document_or_several() -> None:
    assert read_request([pubtator(FIRST)]) == [FIRST]
    assert read_request([f"\ufeff\n{pubtator(FIRST)}\n\n{pubtator(SECOND)}".replace("\n", "\r\n")]) == [FIRST, SECOND]


def test_docred_as_an_object_or_a_list() -> None:
    assert read_request([json.dumps(docred(FIRST))]) == [as_words(FIRST)]
    assert read_request([f"\ufeff {docred_text(FIRST, SECOND)}"]) == [as_words(FIRST), as_words(SECOND)]


def test_our_own_as_an_object_or_a_list_facts_and_all() -> None:
    asked = json.loads(to_json(FIRST)) | {"facts": [{"head": "no", "tail": "where", "relation": "CID"}]}
    assert read_request([json.dumps(asked)]) == [FIRST]
    del asked["facts"], asked["excluded"]
    assert read_request([json.dumps([asked, json.loads(to_json(SECOND))])]) == [FIRST, SECOND]


def as_bioc(document: Document) -> dict[str, Any]:
    """A document of BioC JSON with one passage, as the fewest keys have it."""
    assert document.text is not None
    passage = {"offset": 0, "text": document.title, "infons": {"type": "title"}}
    below = len(document.title) + 1
    annotations = []
    for entity in document.entities:
        for mention in entity.mentions:
            sentence = document.sentences[mention.sentence]
            start, end = sentence.starts[mention.start], sentence.ends[mention.end - 1]
            location = {"offset": start, "length": end - start}
            infons = {"identifier": entity.id, "type": mention.type}
            annotations.append({"text": mention.text, "infons": infons, "locations": [location]})
    body = {"offset": below, "text": document.text[below:]}
    return {"id": document.id, "passages": [passage, body], "annotations": annotations}


def test_bioc_as_a_document_or_a_collection() -> None:
    # What names no entity is not among the annotations, and may cut words.
    plain = read_request([pubtator(FIRST)]) + read_request([pubtator(SECOND)])
    assert read_request([json.dumps(as_bioc(FIRST))]) == plain[:1]
    assert read_request([json.dumps({"documents": [as_bioc(FIRST), as_bioc(SECOND)]})]) == plain
    xml = (
        "<collection><document><id>{}</id><passage><offset>0</offset><text>{}</text></passage></document></collection>"
    )
    (read,) = read_request([xml.format("X", "Palsy &amp; more.")])
    assert (read.id, read.text, read.entities) == ("X", "Palsy & more.", ())


def test_a_list_may_mix_them() -> None:
    assert read_request([docred_text(SECOND), pubtator(FIRST), to_json(THIRD)]) == [as_words(SECOND), FIRST, THIRD]


def refusal(*texts: str) -> str:
    with pytest.raises(InputError) as caught:
        read_request(texts)
    return str(caught.value)


@pytest.mark.parametrize("text", ["plain text", "<xml/>", "", " \n", "[3]", '{"a": 1}', '[{"text": "x"}]', "null"])
def test_what_is_in_no_known_format(text: str) -> None:
    said = refusal(to_json(FIRST), text)
    assert said.startswith("input 1")
    assert "PubTator (`id|t|title`" in said
    assert "BioC JSON (passages), BioC XML (<collection>)" in said
    assert "DocRED's format (title, sents, vertexSet)" in said


def test_nothing_at_all() -> None:
    assert refusal().startswith("inputs: found an empty list; expected one or more documents")
    assert refusal("[]").startswith("input 0: found an empty list; expected one or more documents")


def test_what_breaks_its_format_is_named_with_its_place() -> None:
    assert refusal(docred_text(FIRST)[:-20]).startswith("input 0: found invalid JSON (EOF while parsing")
    wrong = pubtator(FIRST).replace("\t", "\t9", 1)
    assert refusal(pubtator(SECOND), wrong).startswith(
        f"input 1, line 3, document {FIRST.id!r}: found a mention from 9"
    )
    outside = docred(FIRST) | {"sents": [["One", "sentence"]]}
    assert refusal(json.dumps([docred(SECOND), outside])).startswith(f"input 0, document 1 {FIRST.id!r}, entity 0")
    assert "found no such key; expected a value" in refusal('{"id": "1", "sentences": [], "entities": []}')
    assert "no sentence" in refusal('{"id": "1", "title": "", "text": null, "sentences": [], "entities": []}')
    assert refusal("1|t|\ud800\n1|a|x").startswith("input 0, character 4: found half of a surrogate pair")


def test_two_documents_with_the_same_id() -> None:
    assert refusal(pubtator(FIRST), to_json(FIRST)) == (
        f"input 1, document {FIRST.id!r}: found the id a second time; expected an id of its own"
    )


@given(st.data())
def test_damaged_texts_are_read_or_refused(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([pubtator(FIRST), docred_text(FIRST), to_json(FIRST), json.dumps(as_bioc(FIRST))]))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        piece = data.draw(
            st.text(max_size=3) | st.sampled_from(["\t", "\n", "|", "null", "[]", "{}", '"', "-1", "\ud800"])
        )
        text = text[:start] + piece + text[end:]
    place, documents = "input", []
    try:
        documents = read_request([text])
    except InputError as error:
        place = error.place
    assert place.startswith("input")
    for document in documents:
        check(document, "here")
        assert document.facts == ()


MALFORMED = sorted(path for path in (ROOT / "tests/malformed").rglob("*.*") if path.is_file())


@pytest.mark.parametrize("path", MALFORMED, ids=lambda path: path.name)
def test_every_malformed_file_is_read_without_its_relations_or_refused(path: Path) -> None:
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        return
    place, documents = "input 0", []
    try:
        documents = read_request([text])
    except InputError as error:
        place = error.place
    assert place.startswith("input 0")
    assert all(document.facts == () for document in documents)
