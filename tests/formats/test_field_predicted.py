"""Inputs from the field by `glre predict`: nothing is lost without a word."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from bioc import biocjson, biocxml
from export_texts import EXPORTS
from field_inputs import FIELD_INPUTS, FOLDER, FieldInput
from predicting import Predict

from glre.corpora.new_corpus import AnyRelation
from glre.document_format import Format
from glre.formats.corpus_file import read_corpus_file

Content = dict[str, tuple[set[tuple[str, str, str]], set[tuple[str, str, str]]]]
"""Of each document its mentions (id, text, type) and its relations (head, name, tail)."""


@pytest.mark.parametrize("own", FIELD_INPUTS, ids=lambda own: f"{own.kind}: {own.name}")
def test_each_by_the_command(own: FieldInput, predict: Predict, tmp_path: Path) -> None:
    (path := tmp_path / "input").write_bytes(own.content)
    ended = predict(path, "-o", "r.jsonl", "--offsets", own.offsets)
    if not own.documents:
        assert (ended.code, len(ended.lines)) == (2, 1)
        assert own.words in ended.lines[0]
        return
    read = [json.loads(line) for line in Path("r.jsonl").read_text().split("\n")[:-1]]
    assert (ended.code, len(read)) == (0, own.documents)
    assert ended.passed_over == {**own.told, **({"documents set aside": 1} if own.words else {})}
    pairs = sum(line["pairs"] for line in read)
    without = [line for line in ended.lines if line.startswith("no document has a pair")]
    assert len(without) == (pairs == 0)


def test_a_model_that_has_no_pair_to_be_asked_about_says_why(predict: Predict) -> None:
    said = "no document has a pair: the model relates Chemical with Disease; entities found, by type: "
    (_, line) = predict(FOLDER / "other_type_names.pubtator").lines
    found = "ChemicalEntity (1), GeneOrGeneProduct (1), SequenceVariant (1), DiseaseOrPhenotypicFeature (1)"
    assert line == f"{said}{found}"
    (_, line) = predict(FOLDER / "no_ids.pubtator").lines
    assert line == f"{said}none; 4 mentions without an identifier"


def by_ourselves(format: Format) -> Callable[[Path], Content]:
    def read(path: Path) -> Content:
        return {
            document.id: (
                {(entity.id, own.text, own.type) for entity in document.entities for own in entity.mentions},
                {(own.head, own.relation, own.tail) for own in document.facts},
            )
            for document in read_corpus_file(path, format, AnyRelation()).documents
        }

    return read


def by_bioc(library: Any) -> Callable[[Path], Content]:
    def read(path: Path) -> Content:
        with path.open("rb") as file:
            documents = library.load(file).documents
        return {
            document.id: (
                {
                    (own.infons["identifier"], own.text, own.infons["type"])
                    for passage in document.passages
                    for own in passage.annotations
                    if passage.text[own.total_span.offset - passage.offset :].startswith(own.text)
                },
                {(own.infons["head_id"], own.infons["type"], own.infons["tail_id"]) for own in document.relations},
            )
            for document in documents
        }

    return read


def by_a_parser_of_pubtator(path: Path) -> Content:
    """By the description of the format alone: blocks, two lines of text, rows."""
    content: Content = {}
    for block in path.read_text(encoding="utf-8").strip("\n").split("\n\n"):
        title, abstract, *rows = block.split("\n")
        id, _, heading = title.split("|", 2)
        text = f"{heading} {abstract.split('|', 2)[2]}"
        mentions: set[tuple[str, str, str]] = set()
        relations: set[tuple[str, str, str]] = set()
        for columns in (row.split("\t") for row in rows):
            assert columns[0] == id
            if len(columns) == 4:
                relations.add((columns[2], columns[1], columns[3]))
            else:
                assert text[int(columns[1]) : int(columns[2])] == columns[3]
                mentions.add((columns[5], columns[3], columns[4]))
        content[id] = mentions, relations
    return content


READERS: list[tuple[str, Callable[[Path], Content]]] = [
    ("a.pubtator", by_ourselves(Format.PUBTATOR)),
    ("a.pubtator", by_a_parser_of_pubtator),
    ("a.json", by_ourselves(Format.BIOC_JSON)),
    ("a.json", by_bioc(biocjson)),
    ("a.xml", by_ourselves(Format.BIOC_XML)),
    ("a.xml", by_bioc(biocxml)),
]


def test_predictions_of_a_mixed_folder_are_read_back_by_us_and_by_others(predict: Predict, tmp_path: Path) -> None:
    (folder := tmp_path / "in").mkdir()
    for name, content in EXPORTS.items():
        (folder / name).write_bytes(content)
    for path in FOLDER.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    for name in ("a.pubtator", "a.json", "a.xml", "a.jsonl", "a.csv", "a.parquet"):
        assert predict(folder, "-o", name).code == 0
    lines = [json.loads(line) for line in Path("a.jsonl").read_text().split("\n")[:-1]]
    relations = {
        line["document_id"]: {(own["head"]["id"], own["relation"], own["tail"]["id"]) for own in line["relations"]}
        for line in lines
    }
    assert sum(map(len, relations.values())) > 5
    first, *others = (read(Path(name)) for name, read in READERS)
    assert {id: found for id, (_, found) in first.items()} == relations
    assert len(first) == 2 * len(EXPORTS) + sum(own.documents for own in FIELD_INPUTS if (FOLDER / own.name).is_file())
    for other in others:
        assert other == first
    with Path("a.csv").open(encoding="utf-8", newline="") as file:
        tables: list[list[dict[str, Any]]] = [list(csv.DictReader(file)), pq.read_table("a.parquet").to_pylist()]
    for table in tables:
        rows = {(row["document_id"], row["head_id"], row["relation"], row["tail_id"]) for row in table}
        assert rows == {(id, *own) for id, found in relations.items() for own in found}
