from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from export_texts import PUBTATOR
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glre.document_format import Format
from glre.documents.document import Document
from glre.formats.corpus_file import read_corpus_file
from glre.formats.parsed import Parsed
from glre.formats.pubtator.reader import parse_pubtator
from glre.formats.set_aside import SetAside
from sample_corpora.documents import SampleSettings, generate


def read(text: str) -> list[Document | SetAside]:
    return read_bytes(text.encode())


def read_bytes(raw: bytes) -> list[Document | SetAside]:
    parsed = parse_pubtator(raw.splitlines(keepends=True), "here")
    return [one.document if isinstance(one, Parsed) else one for one in parsed]


def documents(text: str) -> list[Document]:
    found = read(text)
    assert [one for one in found if isinstance(one, SetAside)] == []
    return [one for one in found if isinstance(one, Document)]


def set_aside(text: str) -> SetAside:
    """Of the first document; the second one is read all the same."""
    first, second = read(text)
    assert isinstance(first, SetAside)
    assert isinstance(second, Document)
    return first


def ids(document: Document) -> dict[str, str]:
    return {entity.id: entity.type for entity in document.entities}


def test_an_export_of_pubtator3() -> None:
    first, second = documents(PUBTATOR)
    assert ids(first) == {
        "MESH:C1": "Chemical",
        "MESH:D1": "Disease",
        "MESH:D2": "Disease",
        "MESH:D3": "Disease",
    }
    assert ids(second) == {
        "MESH:C2": "Chemical",
        "10116": "Species",
        "7157": "Gene",
        "1017": "Gene",
        "tmVar:p|SUB|V|12|E;HGVS:p.V12E;VariantGroup:0;CorrespondingGene:7157": "ProteinMutation",
        "MESH:D1": "Disease",
    }
    assert second.title == "β-Tavolomide 😀 in rats: QRN1 p.V12E"
    assert (first.facts, second.facts) == ((), ())


@pytest.mark.parametrize(
    "changed",
    [
        PUBTATOR.replace("\n", "\r\n"),
        "\ufeff" + PUBTATOR,
        "\n \n" + PUBTATOR + "\n\n",
        PUBTATOR.replace("\n\n", "\n"),
        PUBTATOR.replace("1\tCID\tMESH:C1\tMESH:D1\n", ""),
        PUBTATOR.replace("CID\tMESH:C1\tMESH:D1", "Association\tMESH:C1\tMESH:D1\tNovel"),
        PUBTATOR.replace("1\t16\t", "1\t0\t11\tZelatrazine\tChemical\tMESH:C1\n1\t16\t"),
        PUBTATOR.replace("tavolomide\tChemical\t-\n", "tavolomide\tChemical\t-1\n"),
        PUBTATOR.replace("tavolomide\tChemical\t-\n", "tavolomide\tChemical\t\n"),
        PUBTATOR.replace("tavolomide\tChemical\t-\n", "tavolomide\tChemical\n"),
        PUBTATOR.replace("\tMESH:D1\n", "\tMESH:D1\tpalsy\t0.9\n"),
    ],
    ids=[
        "carriage returns",
        "byte order mark",
        "blank lines",
        "no blank line between documents",
        "no relations",
        "relations of five columns",
        "a mention twice",
        "-1 for no id",
        "an empty id",
        "five columns",
        "further columns",
    ],
)
def test_what_makes_no_difference(changed: str) -> None:
    assert changed != PUBTATOR
    assert documents(changed) == documents(PUBTATOR)


def test_a_last_line_without_an_end() -> None:
    text = PUBTATOR.partition("\n\n")[0]
    assert documents(text) == documents(PUBTATOR)[:1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1|t|\n1|a|Palsy came.\n1\t1\t6\tPalsy\tDisease\tD1\n", 3),
        ("1|t|\n1|a|Palsy came.\n1\t0\t5\tPalsy\tDisease\tD1\n", 3),
        ("1|a|Palsy came.\n1\t0\t5\tPalsy\tDisease\tD1\n", 3),
        ("1|a|Palsy came.\n1\t1\t6\tPalsy\tDisease\tD1\n", 3),
        ("1|t|Palsy came.\n1\t0\t5\tPalsy\tDisease\tD1\n", 3),
        ("1|t|Palsy came.\n1|a|\n1\t0\t5\tPalsy\tDisease\tD1\n", 3),
        ("1|t|Palsy came.\n", 3),
    ],
)
def test_no_title_or_no_abstract(text: str, words: int) -> None:
    (document,) = documents(text)
    assert document.text is not None
    assert document.words == words
    assert [document.text[start:end] for start, end in spans(document)] == ["Palsy"] * ("\t" in text)


def spans(document: Document) -> Iterator[tuple[int, int]]:
    for entity in document.entities:
        for mention in entity.mentions:
            sentence = document.sentences[mention.sentence]
            yield sentence.starts[mention.start], sentence.ends[mention.end - 1]


@pytest.mark.parametrize(
    ("old", "new", "line", "found"),
    [
        ("1\t16\t21\tpalsy", "1\t15\t20\tpalsy", 4, "the mention 'palsy' where the text has ' pals'"),
        ("1\t16\t21\tpalsy", "1\t16\t999\tpalsy", 4, "a mention from 16 to 999"),
        ("1\t16\t21\tpalsy", "1\t21\t16\tpalsy", 4, "a mention from 21 to 16"),
        ("1\t16\t21\tpalsy", "1\t-6\t21\tpalsy", 4, "the offset '-6'"),
        ("1\t16\t21\tpalsy", "1\t1.6\t21\tpalsy", 4, "the offset '1.6'"),
        ("1\t16\t21\tpalsy", "1\t\t21\tpalsy", 4, "the offset ''"),
        ("1\t16\t21\tpalsy", "1\t15\t16\t ", 4, "a mention of white space"),
        ("1\t16\t21\tpalsy\tDisease", "1\t16\t21\tpalsy\t ", 4, "an empty type"),
        ("1\t16\t21\tpalsy\tDisease\tMESH:D1", "1\t16\t21\tpalsy", 4, "4 columns"),
        ("1\tCID\tMESH:C1\tMESH:D1", "1\tCID\tMESH:C1", 7, "3 columns"),
        ("1\tCID\tMESH:C1\tMESH:D1", "1", 7, "1 column"),
        ("1\tCID", "3\tCID", 7, "a row of document '3'"),
        ("1\tCID", "1|t|Again.\n1\tCID", 7, "another title or abstract line"),
        (
            "1\t16\t21\tpalsy",
            "1\t16\t27\tpalsy. Hand",
            4,
            "a mention that runs from one passage, such as the title, into the next",
        ),
        (
            "1|t|Zelatrazine and palsy.\n1|a|Hand",
            "1|a|Hand",
            2,
            "the mention 'Zelatrazine' where the text has 'Hand or foo'",
        ),
    ],
)
def test_what_sets_a_document_aside(old: str, new: str, line: int, found: str) -> None:
    assert old in PUBTATOR
    refused = set_aside(PUBTATOR.replace(old, new, 1))
    assert (refused.place, refused.document_id) == (f"here, line {line}, document '1'", "1")
    assert refused.found == found


def test_what_has_no_id_to_be_named_by() -> None:
    assert set_aside("##comment\n\n" + PUBTATOR.partition("\n\n")[2]) == SetAside(
        "here, line 1", None, "'##comment'", "the title line, `id|t|title`"
    )
    assert set_aside("|t|A title.\n\n" + PUBTATOR.partition("\n\n")[2]).place == "here, line 1, document ''"


def test_a_byte_of_another_encoding_costs_its_own_document_only() -> None:
    raw = PUBTATOR.encode().replace(b"1|a|Hand", b"1|a|\xe9Hand")
    first, second = read_bytes(raw)
    assert first == SetAside("here, line 2, document '1'", "1", "the byte 0xe9 at column 5", "UTF-8 text")
    assert isinstance(second, Document)


MENTIONS = PUBTATOR.index("1\t0")
RELATION = PUBTATOR.index("1\tCID")


@given(st.integers(MENTIONS, PUBTATOR.index("\n\n")))
def test_where_a_file_breaks_off_in_a_row(end: int) -> None:
    (read_so_far,) = read(PUBTATOR[:end])
    row = PUBTATOR[:end].rpartition("\n")[2]
    # An id that breaks off looks whole, and what relations say is passed over.
    columns = 4 if end > RELATION else 6
    assert isinstance(read_so_far, SetAside) == (len(row) > 0 and row.count("\t") < columns - 1)
    assert row or isinstance(read_so_far, Document)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.integers(0, 2**16), st.booleans())
def test_as_corpora_are_read_but_for_the_facts(tmp_path: Path, seed: int, windows: bool) -> None:
    text = "".join(generate(SampleSettings(documents=2, seed=seed)))
    if windows:
        text = text.replace("\n", "\r\n")
    path = tmp_path / "corpus.txt"
    path.write_bytes(text.encode())
    assert documents(text) == [
        replace(document, facts=()) for document in read_corpus_file(path, Format.PUBTATOR, ["CID"]).documents
    ]
