import io
import json
from dataclasses import replace
from typing import Any

import pytest
from export_texts import DOCUMENTS, bioc_json, bioc_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from glre.documents.document import Document
from glre.formats.bioc.document import parse_bioc
from glre.formats.bioc.layouts import LONGEST_GAP
from glre.formats.bioc.xml import parse_bioc_xml
from glre.formats.json_documents import parse_json
from glre.formats.parsed import Parsed
from glre.formats.reader import read_text
from glre.formats.set_aside import SetAside
from sample_corpora.documents import SampleSettings, generate

TEXT = "Zelatrazine and palsy."
BODY = "Palsy came 😀 early. Zelatrazine had been given."


def annotation(offset: int, text: str, identifier: Any = "MESH:D1", kind: str = "Disease") -> dict[str, Any]:
    return {
        "id": "7",
        "infons": {"identifier": identifier, "type": kind, "valid": True, "normalized": ["D1"]},
        "text": text,
        "locations": [{"offset": offset, "length": len(text)}],
    }


def full_text(gap: int = 5) -> dict[str, Any]:
    """A title and a paragraph, `gap` characters between them, and an empty passage."""
    start = len(TEXT) + gap
    return {
        "id": "PMC1",
        "passages": [
            {"offset": 0, "infons": {"type": "front"}, "text": TEXT, "annotations": [annotation(16, "palsy")]},
            {"offset": start - 1, "infons": {"type": "fig"}, "text": ""},
            {
                "offset": start,
                "infons": {"type": "paragraph"},
                "text": BODY,
                "annotations": [
                    annotation(start, "Palsy"),
                    annotation(start + 20, "Zelatrazine", "MESH:C1", "Chemical"),
                ],
            },
        ],
        "relations": [{"nonsense": True}],
    }


def bioc_document(content: dict[str, Any], place: str) -> Document:
    return parse_bioc(content, place).document


def test_passages_stand_at_their_offsets() -> None:
    document = bioc_document(full_text(), "here")
    assert (document.id, document.title) == ("PMC1", TEXT)
    assert document.text == f"{TEXT}     {BODY}"
    assert [len(sentence.words) for sentence in document.sentences] == [4, 5, 5]
    assert [(entity.id, [mention.sentence for mention in entity.mentions]) for entity in document.entities] == [
        ("MESH:D1", [0, 1]),
        ("MESH:C1", [2]),
    ]


def test_sentences_give_the_text_that_the_passage_has_not() -> None:
    expected = bioc_document(full_text(), "here")
    content = full_text()
    body = content["passages"][2]
    first, second = BODY[:19], BODY[20:]
    del body["text"]
    one, other = body.pop("annotations")
    body["sentences"] = [
        {"offset": body["offset"], "text": first, "annotations": [one]},
        {"offset": body["offset"] + 20, "text": second, "annotations": [other]},
    ]
    assert bioc_document(content, "here") == expected


def test_annotations_of_the_document_itself() -> None:
    content = full_text()
    content["annotations"] = [own for passage in content["passages"] for own in passage.pop("annotations", [])]
    assert bioc_document(content, "here") == bioc_document(full_text(), "here")


@pytest.mark.parametrize(
    ("infons", "ids"),
    [
        ({"MESH": "D1|D2"}, ["D1", "D2"]),
        ({"NCBI Gene": "7157"}, ["7157"]),
        ({"NCBI_Gene": 7157}, ["7157"]),
        ({"Identifier": "MESH:D1"}, ["MESH:D1"]),
        ({"identifier": "MESH:D1", "normalized_id": "D1"}, ["MESH:D1"]),
        ({"identifier": None, "normalized_id": 7157}, ["7157"]),
        ({"identifier": "-"}, []),
        ({"identifier": True}, []),
        ({"identifier": ["D1"]}, []),
        ({}, []),
    ],
)
def test_where_ids_are_found(infons: dict[str, Any], ids: list[str]) -> None:
    content = full_text()
    content["passages"][0]["annotations"][0]["infons"] = {"type": "Disease", **infons}
    del content["passages"][2]["annotations"]
    assert [entity.id for entity in bioc_document(content, "here").entities] == ids


def test_a_mention_in_pieces_reaches_from_the_first_to_the_last() -> None:
    content = full_text()
    content["passages"][0]["annotations"] = [
        annotation(16, "Zelatrazine palsy") | {"locations": [{"offset": 16, "length": 5}, {"offset": 0, "length": 11}]}
    ]
    assert bioc_document(content, "here").entities[0].mentions[0].text == "Zelatrazine and palsy"


@pytest.mark.parametrize("number", [7, "7"])
def test_an_id_may_be_a_number(number: int | str) -> None:
    assert bioc_document(full_text() | {"id": number}, "here").id == "7"


def said_of(content: dict[str, Any]) -> str:
    read = read_text_or_set_aside(json.dumps({"documents": [content, full_text() | {"id": "good"}]}))
    assert isinstance(read[0], SetAside)
    assert isinstance(read[1], Document)
    return str(read[0].error())


def read_text_or_set_aside(text: str) -> list[Document | SetAside]:
    parsed = parse_json(io.BytesIO(text.encode()), "here")
    return [one.document if isinstance(one, Parsed) else one for one in parsed]


def test_what_sets_a_document_aside() -> None:
    wrong = full_text()
    wrong["passages"][0]["annotations"][0]["locations"][0]["offset"] = 15
    assert said_of(wrong).startswith(
        "here, document 0 'PMC1', annotation '7': found the mention 'palsy' where the text has ' pals'"
    )
    across = full_text(1)
    across["passages"][0]["annotations"] = [annotation(16, "palsy. Palsy")]
    assert "a mention that runs from one passage" in said_of(across)
    assert "offsets inside the text" in said_of(full_text() | {"annotations": [annotation(4000, "palsy")]})
    between = full_text() | {"annotations": [annotation(24, "  ")]}
    assert "a mention of white space" in said_of(between)
    overlapping = full_text(-3)
    overlapping["passages"][2]["annotations"][0]["locations"][0]["offset"] += 1
    assert "below one that ends at 22" in said_of(overlapping)
    assert f"at most {LONGEST_GAP}" in said_of(full_text(LONGEST_GAP + 1))
    assert "no type among the infons" in said_of(full_text() | {"annotations": [annotation(16, "palsy", kind="")]})
    assert "id: found no such key" in said_of({"passages": []})
    assert "passages.0.offset: found 'x'" in said_of({"id": "1", "passages": [{"offset": "x", "text": "A"}]})


def test_a_collection_a_list_lines_or_the_answer_of_pubtator3() -> None:
    one, other = full_text(), full_text() | {"id": "PMC2"}
    expected = [bioc_document(one, ""), bioc_document(other, "")]
    for text in (
        json.dumps({"source": "", "documents": [one, other]}),
        json.dumps({"PubTator3": [one, other]}, indent=2),
        json.dumps([one, other]),
        json.dumps([{"documents": [one]}, {"documents": [other]}]),
        f"{json.dumps(one)}\n\n{json.dumps(other)}\n",
    ):
        assert read_text(text, "here") == expected
    assert read_text(json.dumps(one), "here") == expected[:1]


@settings(max_examples=40)
@given(st.integers(0, 2**16))
def test_as_the_same_document_in_pubtator(seed: int) -> None:
    documents = read_text("".join(generate(SampleSettings(documents=2, seed=seed))), "here")
    # What has no id is not written.
    plain = [bioc_document(content, "") for content in json.loads(bioc_json(*documents))["documents"]]
    assert read_text(bioc_json(*documents), "here") == plain
    assert read_text(bioc_xml(*documents), "here") == plain
    for document, again in zip(documents, plain, strict=True):
        assert (again.id, again.title, again.text) == (document.id, document.title, document.text)
        assert [entity.id for entity in again.entities] == [entity.id for entity in document.entities]
        for old, new in zip(document.entities, again.entities, strict=True):
            assert [mention.text for mention in new.mentions] == [mention.text for mention in old.mentions]


def test_xml_is_read_a_document_at_a_time() -> None:
    class Counted(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            piece = super().read(size)
            self.taken += len(piece)
            return piece

    many = [replace(DOCUMENTS[0], id=str(number)) for number in range(400)]
    stream = Counted(bioc_xml(*many).encode())
    reading = parse_bioc_xml(stream, "here")
    assert isinstance(next(reading), Parsed)
    assert stream.taken <= 2**16 < len(stream.getvalue()) // 4
    assert len(list(reading)) == 399


def test_xml_with_a_declared_encoding() -> None:
    body = bioc_xml(DOCUMENTS[0]).partition("?>")[2].replace("Hand or", "Händ or")
    (parsed,) = parse_bioc_xml(
        io.BytesIO(f"<?xml version='1.0' encoding='ISO-8859-1'?>{body}".encode("latin-1")), "here"
    )
    assert isinstance(parsed, Parsed)
    assert parsed.document.text == f"{DOCUMENTS[0].text}".replace("Hand or", "Händ or")
