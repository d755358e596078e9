"""What comes out of inputs from the field, and that what doesn't is told."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from field_inputs import FIELD_INPUTS, FOLDER, FieldInput

from glre.document_format import Format
from glre.documents.document import Fact, check
from glre.errors import InputError
from glre.formats.corpus_file import CorpusFile, corpus_format, read_corpus_file
from glre.formats.inputs.sources import Source
from glre.formats.passed_over import PassedOverCounts
from glre.formats.reader import read_source
from glre.formats.reading import Reading
from glre.formats.set_aside import SetAside

ROOT = Path(__file__).parents[2]
RELATIONS = ["CID", "Association", "Positive_Correlation", "S1", "S2"]
READ = [own for own in FIELD_INPUTS if own.documents]


def test_there_are_enough_of_them() -> None:
    assert len({(own.kind, own.name) for own in FIELD_INPUTS}) == len(FIELD_INPUTS) >= 60 + 14
    assert {path.name for path in FOLDER.iterdir()} <= {own.name for own in FIELD_INPUTS}


@pytest.mark.parametrize("own", FIELD_INPUTS, ids=lambda own: f"{own.kind}: {own.name}")
def test_what_comes_out_and_what_is_told(own: FieldInput, tmp_path: Path) -> None:
    (path := tmp_path / "input").write_bytes(own.content)
    documents, reasons = [], []
    counts = PassedOverCounts()
    try:
        for read in read_source(Source("the input", path), Reading(offsets=own.offsets), counts):
            if isinstance(read, SetAside):
                reasons.append(str(read.error()))
            else:
                check(read, "the input")
                documents.append(read)
    except InputError as error:
        reasons.append(str(error))
    assert (len(documents), sum(len(document.entities) for document in documents)) == (own.documents, own.entities)
    assert {row.kind: row.count for row in counts.rows} == own.told
    assert all(row.example.startswith("the input") for row in counts.rows)
    assert [own.words in reason for reason in reasons] == [True] * bool(own.words)


@pytest.mark.parametrize("own", READ, ids=lambda own: f"{own.kind}: {own.name}")
def test_where_nothing_is_mended_a_strict_reading_is_the_same(own: FieldInput, tmp_path: Path) -> None:
    (path := tmp_path / "input").write_bytes(own.content)
    source = Source("the input", path)
    lenient, strict = (list(read_source(source, Reading(offsets=own.offsets, strict=s))) for s in (False, True))
    mended = any("fit" in kind or "otherwise" in kind or "location" in kind for kind in own.told)
    assert any(isinstance(read, SetAside) for read in strict) == (mended or bool(own.words))
    assert mended or strict == lenient


def corpus(name: str) -> CorpusFile:
    return read_corpus_file(FOLDER / name, corpus_format(FOLDER / name), RELATIONS)


def test_ids_are_the_same_in_training() -> None:
    first, second, third = corpus("ids_in_training.pubtator").documents
    assert [entity.id for entity in first.entities] == ["MESH:C01", "MESH:D02"]
    assert [entity.id for entity in second.entities] == ["MESH:C01", "MESH:D02", "c|DEL|94|C", "c|SUB|G|94|A"]
    assert [entity.id for entity in third.entities] == ["D014527", "D012492"]
    assert [entity.id for entity in corpus("plus_between_ids.pubtator").documents[0].entities][:2] == [
        "D014527",
        "D012492",
    ]
    assert first.facts == second.facts == (Fact("MESH:C01", "MESH:D02", "CID"),)


def test_relations_of_five_columns_of_variants_and_of_several_ids(tmp_path: Path) -> None:
    (document,) = corpus("other_type_names.pubtator").documents
    assert document.facts == (
        Fact("c|DEL|94|C", "D02", "Positive_Correlation"),
        Fact("C01", "D02", "Association"),
    )
    text = (FOLDER / "plus_between_ids.pubtator").read_text() + "51\tCID\tD014527+D012492\tD000690\tNo\n"
    (path := tmp_path / "corpus").write_text(text)
    (document,) = read_corpus_file(path, Format.PUBTATOR, RELATIONS).documents
    assert document.facts == (Fact("D014527", "D000690", "CID"), Fact("D012492", "D000690", "CID"))


def test_a_relation_of_several_ids_and_one_of_an_entity_with_itself(tmp_path: Path) -> None:
    own = next(own.content.decode() for own in FIELD_INPUTS if own.kind == "relations")
    more = "1\tCID\tMESH:C01|MESH:D02\tMESH:D02\n1\tBind\tMESH:C01\tMESH:C01\tNo\n"
    (path := tmp_path / "corpus").write_text(own + more)
    file = read_corpus_file(path, Format.PUBTATOR, RELATIONS)
    assert file.documents[0].facts == (Fact("MESH:C01", "MESH:D02", "CID"),)
    assert [(row.kind, row.count) for row in file.passed_over] == [("relations of an entity with itself", 1)]


def test_labels_that_are_null_and_titles_that_repeat_in_training() -> None:
    (document,) = corpus("docred_labels_null.json").documents
    assert document.facts == ()
    file = corpus("docred_title_twice.json")
    assert [document.id for document in file.documents] == ["Ada Nord", "Ada Nord (2)", "Ada Nord (2) (2)"]
    assert [(row.kind, row.count) for row in file.passed_over] == [("repeated titles", 2)]


IN_TRAINING = [own for own in READ if not own.words and own.offsets == "characters"]


@pytest.mark.parametrize("own", IN_TRAINING, ids=lambda own: f"{own.kind}: {own.name}")
def test_training_reads_what_prediction_reads_or_says_why_not(own: FieldInput, tmp_path: Path) -> None:
    """Of PubTator a corpus has to hold more: each text, and each row as it should be."""
    (path := tmp_path / "input").write_bytes(own.content)
    format = corpus_format(path)
    file = trained(path, format)
    if isinstance(file, InputError):
        assert format is Format.PUBTATOR
        assert file.place.startswith(f"{path}, line ")
        return
    without_facts = [replace(document, facts=(), excluded=()) for document in file.documents]
    assert without_facts == list(read_source(Source(str(path), path)))
    assert Counter({row.kind: row.count for row in file.passed_over}) >= Counter(own.told)


def trained(path: Path, format: Format) -> CorpusFile | InputError:
    try:
        return read_corpus_file(path, format, RELATIONS)
    except InputError as error:
        return error


def test_the_page_says_how_many_there_are_and_what_came_out() -> None:
    rows = ["| kind | inputs | read | read, with what is told | set aside or refused |", "|---|---|---|---|---|"]
    for kind in dict.fromkeys(own.kind for own in FIELD_INPUTS):
        of_kind = [own for own in FIELD_INPUTS if own.kind == kind]
        told = sum(bool(own.told) for own in of_kind)
        refused = sum(bool(own.words) for own in of_kind)
        rows.append(f"| {kind} | {len(of_kind)} | {len(of_kind) - told - refused} | {told} | {refused} |")
    assert "\n".join(rows) in (ROOT / "docs/predictions.md").read_text(encoding="utf-8")
