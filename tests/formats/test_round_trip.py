"""What is written in a format that carries documents is read as the same documents, mentions and relations."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from answered_documents import answer, documents, with_text, without_text
from hypothesis import given, settings
from hypothesis import strategies as st

from glre.document_format import Format
from glre.documents.document import Document, Fact, to_json
from glre.documents.table import write_documents
from glre.formats.corpus_file import read_corpus_file
from glre.formats.inputs.sources import Source
from glre.formats.outputs.output_format import OutputFormat
from glre.formats.reader import read_source, read_text
from glre.formats.writer import open_writer
from sample_corpora.documents import SampleSettings, generate

FORMATS = [Format.PUBTATOR, Format.BIOC_JSON, Format.BIOC_XML]


def written(folder: Path, format: Format, made: Sequence[Document]) -> Path:
    path = folder / "relations"
    with open_writer(path, OutputFormat(format.value)) as writer:
        for document in made:
            writer.write(document, answer(document))
    return path


def relations(document: Document) -> set[tuple[str, str, str]]:
    return {(own.head.id, own.relation, own.tail.id) for own in answer(document).relations}


def facts(document: Document) -> set[tuple[str, str, str]]:
    return {(unquote(own.head), own.relation, unquote(own.tail)) for own in document.facts}


def mentions(document: Document) -> set[tuple[str, str, int, str]]:
    """Of each its entity and type, the characters before it but white space, and its own."""
    found = set()
    for entity in document.entities:
        for own in entity.mentions:
            before = [word for sentence in document.sentences[: own.sentence] for word in sentence.words]
            words = document.sentences[own.sentence].words
            place = sum(map(len, [*before, *words[: own.start]]))
            found.add((unquote(entity.id), own.type, place, "".join(words[own.start : own.end])))
    return found


@pytest.mark.parametrize("format", FORMATS)
def test_abstracts_are_read_as_the_same_documents(format: Format, tmp_path: Path) -> None:
    made = read_text("".join(generate(SampleSettings(documents=20))), "the sample corpus")
    path = written(tmp_path, format, made)
    assert list(read_source(Source(str(path), path))) == made
    read = read_corpus_file(path, format, ["P1"]).documents
    assert [facts(document) for document in read] == [relations(document) for document in made]


@pytest.mark.parametrize("format", FORMATS)
def test_ids_that_others_divide_stay_whole(format: Format, tmp_path: Path) -> None:
    ids = {"MESH:V1": "tmVar:c|DEL|94|C;HGVS:c.94delC", "D2": "MESH:D1,MESH:D2"}
    text = "1|t|Velimide and zornitis\n1|a|\n1\t0\t8\tVelimide\tChemical\tMESH:V1\n1\t13\t21\tzornitis\tDisease\tD2\n"
    (document,) = read_text(text, "here")
    entities = tuple(type(own)(ids[own.id], own.type, own.mentions) for own in document.entities)
    (read,) = read_corpus_file(
        written(tmp_path, format, [Document("1", document.title, document.text, document.sentences, entities)]),
        format,
        ["P1"],
    ).documents
    assert [unquote(own.id) for own in read.entities] == list(ids.values())
    assert read.entities[0].id == ids["MESH:V1"]
    assert len(read.facts) == 2


@pytest.mark.parametrize("format", FORMATS)
@settings(deadline=None)
@given(made=st.lists(documents(), min_size=1, max_size=3, unique_by=lambda document: document.id))
def test_any_document(format: Format, made: list[Document], tmp_path_factory: pytest.TempPathFactory) -> None:
    read = read_corpus_file(written(tmp_path_factory.mktemp("written"), format, made), format, ["P1"]).documents
    assert [unquote(document.id) for document in read] == [document.id for document in made]
    for own, document in zip(read, made, strict=True):
        assert set(map(_bare, mentions(own))) == set(map(_bare, mentions(document)))
        assert facts(own) == relations(document)


@given(made=st.lists(documents(), min_size=1, max_size=3, unique_by=lambda document: document.id))
def test_any_document_in_our_own_formats_is_itself(
    made: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("written")
    facts = [tuple(Fact(own.head.id, own.tail.id, "P1") for own in answer(document).relations) for document in made]
    documents = [replace(document, facts=own) for document, own in zip(made, facts, strict=True)]
    write_documents(documents, folder / "parquet")
    (folder / "lines").write_text("".join(f"{to_json(document)}\n" for document in documents), encoding="utf-8")
    (folder / "list").write_text(f"[{','.join(map(to_json, documents))}]", encoding="utf-8")
    for name, format in (("parquet", Format.PARQUET), ("lines", Format.JSON), ("list", Format.JSON)):
        assert read_corpus_file(folder / name, format, ["P1"]).documents == documents


def _bare(mention: tuple[str, str, int, str]) -> tuple[tuple[str, int, str], str]:
    """PubTator's columns and XML have no place for some characters."""
    entity, kind, place, text = mention
    return (entity, place, re.sub(r"[\x00-\x1f\ufffd]", "?", text)), unquote(kind)


@pytest.mark.parametrize("format", FORMATS)
def test_a_document_of_words_next_to_one_of_text(format: Format, tmp_path: Path) -> None:
    made = [with_text(), without_text()]
    path = written(tmp_path, format, made)
    for own, document in zip(read_text(path.read_text(encoding="utf-8"), "here"), made, strict=True):
        assert mentions(own) == mentions(document)
