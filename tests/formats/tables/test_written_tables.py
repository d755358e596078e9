"""Parquet and CSV: a row per relation."""

import csv
from dataclasses import asdict, fields, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from answered_documents import answer, renamed, with_text, without_pair, without_text

from glre.documents.relations import DocumentRelations
from glre.formats.outputs.output_format import OutputFormat
from glre.formats.tables.parquet_table import ROW_GROUP, SCHEMA
from glre.formats.tables.relation_row import RelationRow
from glre.formats.writer import open_writer

COLUMNS = [
    *("document_id", "head_id", "head_name", "head_type", "tail_id", "tail_name", "tail_type", "relation"),
    *("relation_name", "score", "threshold", "sentences", "head_mentions", "tail_mentions"),
]


def written(folder: Path, format: OutputFormat, *answers: DocumentRelations) -> Path:
    path = folder / f"relations.{format}"
    with open_writer(path, format) as writer:
        for found in answers:
            writer.write(with_text(), found)
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_parquet_has_a_row_per_relation(tmp_path: Path) -> None:
    answers = [answer(with_text()), answer(without_pair()), answer(without_text(), weighed=False)]
    table = pq.read_table(written(tmp_path, OutputFormat.PARQUET, *answers))
    assert table.schema.equals(SCHEMA)
    assert table.schema.names == COLUMNS
    read = table.to_pylist()
    relations = [(found.document_id, own) for found in answers for own in found.relations]
    assert len(read) == len(relations) == 4
    for row, (document_id, own) in zip(read, relations, strict=True):
        assert row == {
            "document_id": document_id,
            **{f"head_{key}": value for key, value in asdict(replace(own.head)).items() if key != "mentions"},
            **{f"tail_{key}": value for key, value in asdict(replace(own.tail)).items() if key != "mentions"},
            "relation": "P1",
            "relation_name": "makes worse",
            "score": own.score,
            "threshold": own.threshold,
            "sentences": list(own.sentences),
            "head_mentions": [asdict(mention) for mention in own.head.mentions],
            "tail_mentions": [asdict(mention) for mention in own.tail.mentions],
        }
    assert read[2]["head_mentions"][0]["weight"] is None


def test_parquet_counts_documents_without_relations(tmp_path: Path) -> None:
    path = written(tmp_path, OutputFormat.PARQUET, answer(without_pair()), answer(with_text()), answer(without_pair()))
    metadata = pq.read_metadata(path).metadata
    assert metadata[b"glre.documents"] == b"3"
    assert metadata[b"glre.documents_without_relations"] == b"2"
    assert metadata[b"glre.pairs"] == b"2"


def test_parquet_without_any_relation_has_the_same_columns(tmp_path: Path) -> None:
    table = pq.read_table(written(tmp_path, OutputFormat.PARQUET))
    assert table.schema.equals(SCHEMA)
    assert table.num_rows == 0


def test_row_groups_are_bounded_and_compressed(tmp_path: Path) -> None:
    one = answer(with_text())
    many = replace(one, relations=one.relations * (ROW_GROUP + 10))
    metadata = pq.read_metadata(written(tmp_path, OutputFormat.PARQUET, many, one))
    groups = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
    assert groups == [ROW_GROUP, ROW_GROUP, 22]
    assert metadata.row_group(0).column(0).compression == "ZSTD"


def test_csv_has_a_row_per_relation(tmp_path: Path) -> None:
    found = answer(with_text())
    path = written(tmp_path, OutputFormat.CSV, found, answer(without_pair()))
    read = rows(path)
    assert list(read[0]) == COLUMNS
    assert len(read) == 2
    own = found.relations[0]
    for row, relation in zip(read, found.relations, strict=True):
        assert (row["head_id"], row["tail_id"]) == (relation.head.id, relation.tail.id)
        assert float(row["score"]) == relation.score
        assert row["sentences"] == "0;1;2"
    shown = [f"{m.text}@{m.start}-{m.end}({m.weight:.3f})" for m in own.head.mentions]
    assert read[0]["head_mentions"] == ";".join(shown)
    assert path.read_bytes().count(b"\r\n") == 3


def test_csv_shows_no_weight_where_there_is_none(tmp_path: Path) -> None:
    read = rows(written(tmp_path, OutputFormat.CSV, answer(without_text(), weighed=False)))
    shown = {row["head_id"]: row["head_mentions"] for row in read}
    assert shown == {"0": "Ombra Šalta@0-2", "1": "Kirro Works@3-5;Kirro@2-3"}


@pytest.mark.parametrize("name", ['a "b", c;d', "two\r\nlines", "two\nlines", "né\u2028é", ",", '"', "a=1", "\x00"])
def test_csv_keeps_any_text(tmp_path: Path, name: str) -> None:
    for row in rows(written(tmp_path, OutputFormat.CSV, renamed(answer(with_text()), name))):
        assert row["head_name"] == name
        assert row["head_mentions"].startswith(f"{name}@")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "'"])
def test_no_cell_of_csv_is_a_formula(tmp_path: Path, name: str) -> None:
    for row in rows(written(tmp_path, OutputFormat.CSV, renamed(answer(with_text()), name))):
        assert row["head_name"] == f"'{name}"
        assert row["head_mentions"].startswith(f"'{name}@")


def test_both_tables_have_the_same_columns() -> None:
    assert [field.name for field in fields(RelationRow)] == COLUMNS
    assert pa.types.is_float64(SCHEMA.field("score").type)
