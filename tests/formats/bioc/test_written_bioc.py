"""BioC, as the readers of the library `bioc` find it."""

import json
from pathlib import Path
from urllib.parse import unquote

import bioc
import pytest
from answered_documents import answer, documents, with_text, without_pair, without_text
from bioc import biocjson, biocxml
from hypothesis import given
from hypothesis import strategies as st

from glre.documents.document import Document
from glre.formats.outputs.output_format import OutputFormat
from glre.formats.writer import open_writer

BOTH = [OutputFormat.BIOC_JSON, OutputFormat.BIOC_XML]


def written(folder: Path, format: OutputFormat, *made: Document) -> Path:
    path = folder / f"relations.{format}"
    with open_writer(path, format) as writer:
        for document in made:
            writer.write(document, answer(document))
    return path


def read(path: Path, format: OutputFormat) -> bioc.BioCCollection:
    with path.open("rb") as file:
        return (biocxml if format is OutputFormat.BIOC_XML else biocjson).load(file)


@pytest.mark.parametrize("format", BOTH)
def test_title_and_abstract_are_passages_with_their_mentions(tmp_path: Path, format: OutputFormat) -> None:
    (document,) = read(written(tmp_path, format, with_text()), format).documents
    title, abstract = document.passages
    assert (document.id, title.infons, abstract.infons) == ("41", {"type": "title"}, {"type": "abstract"})
    assert (title.offset, title.text) == (0, "Velimide and zornitis.")
    text = "Ten of β-users took velimide 😀 daily. Zornitis (ZN) followed in “three”."
    assert (abstract.offset, abstract.text, len(text)) == (23, text, 72)
    assert [(own.id, own.text, own.infons, own.total_span.offset) for own in title.annotations] == [
        ("0", "Velimide", {"identifier": "MESH:V1", "type": "Chemical"}, 0),
        ("1", "zornitis", {"identifier": "D2", "type": "Disease"}, 13),
    ]
    assert [(own.id, own.text, own.total_span.offset) for own in abstract.annotations] == [
        ("2", "velimide", 43),
        ("3", "Zornitis (ZN)", 61),
    ]


@pytest.mark.parametrize("format", BOTH)
def test_a_relation_names_entities_and_its_nodes_the_heaviest_mentions(tmp_path: Path, format: OutputFormat) -> None:
    (document,) = read(written(tmp_path, format, with_text()), format).documents
    found = answer(with_text()).relations
    assert len(document.relations) == len(found) == 2
    numbers = {"MESH:V1": ("0", "2"), "D2": ("1", "3")}
    for number, (relation, own) in enumerate(zip(document.relations, found, strict=True)):
        assert relation.id == f"R{number}"
        assert relation.infons == {
            "type": "P1",
            "name": "makes worse",
            "head_id": own.head.id,
            "tail_id": own.tail.id,
            "score": repr(own.score),
            "threshold": "0.5",
            "sentences": "0-22;23-60;61-95",
        }
        for entity, role in ((own.head, "Head"), (own.tail, "Tail")):
            weights = [mention.weight or 0 for mention in entity.mentions]
            assert relation.get_node(role=role).refid == numbers[entity.id][weights[1] > weights[0]]
    both = {relation.get_node(role=role).refid for relation in document.relations for role in ("Head", "Tail")}
    assert both & {"2", "3"}


@pytest.mark.parametrize("format", BOTH)
def test_without_weights_the_nodes_are_the_first_mentions(tmp_path: Path, format: OutputFormat) -> None:
    path = tmp_path / "relations"
    with open_writer(path, format) as writer:
        writer.write(with_text(), answer(with_text(), weighed=False))
    (document,) = read(path, format).documents
    assert {node.refid for relation in document.relations for node in relation.nodes} == {"0", "1"}


@pytest.mark.parametrize("format", BOTH)
def test_a_document_of_words_is_one_passage(tmp_path: Path, format: OutputFormat) -> None:
    (document,) = read(written(tmp_path, format, without_text()), format).documents
    (passage,) = document.passages
    assert (passage.offset, passage.text) == (0, "Ombra Šalta founded Kirro Works . She led Kirro .")
    assert [own.total_span.offset for own in passage.annotations] == [0, 20, 42]
    assert document.relations[0].infons["sentences"] == "0-33;34-49"


@pytest.mark.parametrize("format", BOTH)
def test_documents_without_relations_and_files_without_documents(tmp_path: Path, format: OutputFormat) -> None:
    collection = read(written(tmp_path, format, without_pair(), with_text()), format)
    assert [(own.id, len(own.relations)) for own in collection.documents] == [("42", 0), ("41", 2)]
    empty = read(written(tmp_path, format), format)
    assert (empty.source, empty.documents) == ("glre", [])


def test_json_has_a_document_per_line(tmp_path: Path) -> None:
    lines = written(tmp_path, BOTH[0], with_text(), without_text()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    assert json.loads(lines[1].removesuffix(","))["id"] == "41"
    assert "Šalta" in lines[2]


def test_xml_is_read_a_document_at_a_time(tmp_path: Path) -> None:
    path = written(tmp_path, BOTH[1], with_text(), without_text())
    with path.open("rb") as file, biocxml.iterparse(file) as reader:
        assert reader.get_collection_info().source == "glre"
        assert [document.id for document in reader] == ["41", "Kirro (2)"]
    assert path.read_bytes().startswith(b"<?xml version='1.0' encoding='UTF-8'")


@given(made=st.lists(documents(), max_size=3))
def test_any_document_is_valid_and_the_same_in_both(
    made: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("written")
    json_file, xml_file = (read(written(folder, format, *made), format) for format in BOTH)
    # Raises where an annotation's text is not what stands at its offset, or a node refers to nothing.
    bioc.validate(json_file)
    assert biocjson.toJSON(json_file)["documents"] == biocjson.toJSON(xml_file)["documents"]
    for document, own in zip(made, json_file.documents, strict=True):
        annotations = [annotation for passage in own.passages for annotation in passage.annotations]
        identifiers = [entity.id for entity in document.entities for _ in entity.mentions]
        assert sorted(unquote(annotation.infons["identifier"]) for annotation in annotations) == sorted(identifiers)
        texts = "".join("".join((passage.text or "").split()) for passage in own.passages)
        words = "".join(word for sentence in document.sentences for word in sentence.words)
        assert texts == words.replace("\x01", "\ufffd").replace("\x1b", "\ufffd")
