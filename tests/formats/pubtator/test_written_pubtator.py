"""What is written in PubTator format is read as the same document."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from answered_documents import answer, documents, with_text, without_pair, without_text
from bioc import pubtator
from hypothesis import given
from hypothesis import strategies as st

from glre.document_format import Format
from glre.documents.document import Document
from glre.formats.corpus_file import read_corpus_file
from glre.formats.outputs.output_format import OutputFormat
from glre.formats.reader import read_text
from glre.formats.writer import open_writer
from sample_corpora.articles import documents as articles
from sample_corpora.documents import SampleSettings, generate

Place = tuple[str, int, str, str]


def written(folder: Path, *made: Document) -> str:
    path = folder / "relations.pubtator"
    with open_writer(path, OutputFormat.PUBTATOR) as writer:
        for document in made:
            writer.write(document, answer(document))
    return path.read_bytes().decode()


def text_of(document: Document) -> str:
    if document.text is not None:
        return document.text
    return " ".join(word for sentence in document.sentences for word in sentence.words)


def marked(document: Document) -> set[Place]:
    """Each mention: its entity, the characters before it but white space, its text but for the kind of white space."""
    found = set()
    for entity in document.entities:
        for mention in entity.mentions:
            before = document.sentences[: mention.sentence]
            own = document.sentences[mention.sentence]
            words = [word for sentence in before for word in sentence.words] + list(own.words[: mention.start])
            text = " ".join(own.words[mention.start : mention.end])
            if own.starts and document.text is not None:
                text = document.text[own.starts[mention.start] : own.ends[mention.end - 1]]
            found.add((unquote(entity.id), sum(map(len, words)), re.sub(r"\s", " ", text), unquote(mention.type)))
    return found


def test_a_block_has_title_abstract_mentions_and_relations(tmp_path: Path) -> None:
    first, second = answer(with_text()).relations
    assert written(tmp_path, with_text()).split("\n") == [
        "41|t|Velimide and zornitis.",
        "41|a|Ten of β-users took velimide 😀 daily. Zornitis (ZN) followed in “three”.",
        "41\t0\t8\tVelimide\tChemical\tMESH:V1",
        "41\t13\t21\tzornitis\tDisease\tD2",
        "41\t43\t51\tvelimide\tChemical\tMESH:V1",
        "41\t61\t74\tZornitis (ZN)\tDisease\tD2",
        f"41\tP1\t{first.head.id}\t{first.tail.id}",
        f"41\tP1\t{second.head.id}\t{second.tail.id}",
        "",
        "",
    ]


def test_a_document_of_words_gets_a_text_and_no_title_that_is_not_in_it(tmp_path: Path) -> None:
    assert written(tmp_path, without_text()).split("\n")[:5] == [
        "Kirro (2)|t|",
        "Kirro (2)|a|Ombra Šalta founded Kirro Works . She led Kirro .",
        "Kirro (2)\t1\t12\tOmbra Šalta\tPER\t0",
        "Kirro (2)\t21\t32\tKirro Works\tORG\t1",
        "Kirro (2)\t43\t48\tKirro\tORG\t1",
    ]


def test_documents_without_relations_are_there(tmp_path: Path) -> None:
    text = written(tmp_path, without_pair(), with_text())
    assert [document.id for document in read_text(text, "a test")] == ["42", "41"]
    assert text.count("\n\n") == 2


def test_tabs_and_line_breaks_are_spaces_and_move_nothing(tmp_path: Path) -> None:
    document = with_text()
    assert document.text is not None
    spread = document.text.replace(" and ", "\tand\n").replace(". ", ".\r").replace(" (ZN", "\u2028(ZN")
    text = written(tmp_path, replace(document, text=spread, title=spread[: len(document.title)]))
    assert text == written(tmp_path, document)


def test_a_title_is_only_what_no_mention_runs_out_of(tmp_path: Path) -> None:
    document = replace(with_text(), title="Velimide and zornitis. Ten of β-users took velimide 😀 daily. Zornitis")
    (read,) = read_text(written(tmp_path, document), "a test")
    assert read.title == ""
    assert marked(read) == marked(document)


def test_relations_are_read_by_the_corpus_reader_and_by_others(tmp_path: Path) -> None:
    written(tmp_path, with_text(), without_pair())
    expected = [(own.head.id, "P1", own.tail.id) for own in answer(with_text()).relations]
    first, second = read_corpus_file(tmp_path / "relations.pubtator", Format.PUBTATOR, ["P1"]).documents
    assert [(fact.head, fact.relation, fact.tail) for fact in first.facts] == expected
    assert second.facts == ()
    with (tmp_path / "relations.pubtator").open(encoding="utf-8") as file:
        others = pubtator.load(file)
    assert [(own.id1, own.type, own.id2) for own in others[0].relations] == expected
    assert [(own.start, own.text) for own in others[0].annotations][:2] == [(0, "Velimide"), (13, "zornitis")]


@pytest.mark.parametrize("number", range(3))
def test_sample_abstracts_are_read_as_the_same_documents(tmp_path: Path, number: int) -> None:
    source = "".join(generate(SampleSettings(documents=20, seed=number)))
    made = read_text(source, "the sample corpus")
    assert read_text(written(tmp_path, *made), "a test") == made


def test_sample_articles_are_read_with_the_same_mentions(tmp_path: Path) -> None:
    made = read_text("".join(articles.generate(SampleSettings(documents=20))), "the sample corpus")
    read = read_text(written(tmp_path, *made), "a test")
    assert [document.id for document in read] == [document.id for document in made]
    assert [marked(document) for document in read] == [marked(document) for document in made]


@given(made=st.lists(documents(), min_size=1, max_size=3, unique_by=lambda document: document.id))
def test_any_document_is_read_with_the_same_mentions(
    made: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = written(tmp_path_factory.mktemp("written"), *made)
    # Readers differ in what ends a line.
    assert text.splitlines() == text.split("\n")[:-1]
    read = read_text(text, "a test")
    assert ids(read) == ids(made)
    for own, document in zip(read, made, strict=True):
        assert marked(own) == marked(document)
        assert "".join((own.text or "").split()) == "".join(text_of(document).split())
        if own.title:
            assert len(own.title) == len(document.title)
            assert re.sub(r"\s", " ", own.text or "").startswith(re.sub(r"\s", " ", text_of(document)))


def ids(made: Iterable[Document]) -> list[str]:
    return [unquote(document.id) for document in made]
