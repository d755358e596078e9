import io
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from export_texts import DOCUMENTS, parquet, rows

from glre.documents.document import Document, ExcludedPair, Fact
from glre.documents.table import SCHEMA, write_documents
from glre.errors import InputError
from glre.formats.own.parquet import parse_parquet
from glre.formats.parsed import Parsed
from glre.formats.set_aside import SetAside

FIRST, SECOND = DOCUMENTS


def read(raw: bytes) -> list[Document | SetAside]:
    parsed = parse_parquet(io.BytesIO(raw), "here")
    return [one.document if isinstance(one, Parsed) else one for one in parsed]


def test_as_they_were_written_but_for_the_facts(tmp_path: Path) -> None:
    with_gold = replace(
        FIRST,
        facts=(Fact("MESH:C1", "MESH:D1", "CID"),),
        excluded=(ExcludedPair("MESH:C1", "MESH:D2", "hypernym"),),
    )
    write_documents([with_gold, SECOND], tmp_path / "table.parquet")
    assert read((tmp_path / "table.parquet").read_bytes()) == [FIRST, SECOND]


def test_facts_and_further_columns_make_no_difference() -> None:
    fields = [field for field in SCHEMA if field.name not in {"facts", "excluded"}]
    schema = pa.schema([pa.field("journal", pa.string()), *reversed(fields)])
    assert read(parquet(rows(FIRST, SECOND), schema)) == [FIRST, SECOND]


def test_types_of_other_widths() -> None:
    words = pa.large_list(pa.large_string())
    sentence = pa.struct([("words", words), ("starts", pa.list_(pa.int64())), ("ends", pa.list_(pa.int64()))])
    schema = SCHEMA.set(SCHEMA.get_field_index("sentences"), pa.field("sentences", pa.large_list(sentence)))
    schema = schema.set(0, pa.field("id", pa.large_string()))
    assert read(parquet(rows(FIRST, SECOND), schema)) == [FIRST, SECOND]


def test_a_bad_row_costs_itself_only() -> None:
    good = rows(FIRST, SECOND)
    bad = [
        good[0] | {"id": None},
        good[0] | {"sentences": None},
        good[0] | {"entities": [{"id": "x", "type": "y", "mentions": []}]},
        good[0] | {"text": "Another text"},
    ]
    first, *refused, last = read(parquet([good[0], *bad, good[1]]))
    assert (first, last) == (FIRST, SECOND)
    assert [isinstance(one, SetAside) and one.place.partition(",")[2][:6] for one in refused] == [
        " row 1",
        " row 2",
        " row 3",
        " row 4",
    ]


def test_bytes_that_are_no_text() -> None:
    table = pa.Table.from_pylist(rows(FIRST, SECOND), schema=SCHEMA)
    raw = parquet(table.to_pylist())
    broken = raw.replace("😀".encode(), b"\xff\xfe\xff\xfe")
    assert broken != raw
    first, second = read(broken)
    assert first == FIRST
    assert isinstance(second, SetAside)


def test_many_row_groups_and_none() -> None:
    many = [replace(FIRST, id=str(number)) for number in range(300)]
    assert read(parquet(rows(*many))) == many
    assert read(parquet([])) == []


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (parquet(rows(FIRST))[:-20], "a broken table"),
        (b"PAR1", "a broken table"),
        (parquet([{"id": "1"}], pa.schema([("id", pa.string())])), "a table without the columns title, text"),
        (parquet([], SCHEMA.set(3, pa.field("sentences", pa.string()))), "the column sentences of type string"),
        (parquet([], SCHEMA.set(1, pa.field("title", pa.list_(pa.string())))), "the column title of type list"),
    ],
)
def test_tables_that_are_refused(raw: bytes, found: str) -> None:
    with pytest.raises(InputError) as caught:
        read(raw)
    assert caught.value.found.startswith(found)
