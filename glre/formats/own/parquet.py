"""Parquet tables of documents, some rows at a time."""

import tempfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial
from shutil import copyfileobj
from typing import IO, Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from glre.documents.table import SCHEMA
from glre.errors import InputError
from glre.formats.own.document import own_gold, parse_own
from glre.formats.parsed import Gold, Parsed
from glre.formats.set_aside import SetAside, item_id

_ROWS = 64
_GOLD = ["facts", "excluded"]
_COLUMNS = [name for name in SCHEMA.names if name not in _GOLD]
_EXPECTED = f"a whole Parquet table of documents, with the columns {', '.join(_COLUMNS)}"


def parse_parquet(stream: BinaryIO, source: str) -> Iterator[Parsed | SetAside]:
    """The documents of a table; InputError where it is broken or has not the columns of documents.

    The stream is copied to a temporary file first: a table is read from its end.
    """
    with tempfile.TemporaryFile() as file:
        copyfileobj(stream, file)
        number = 0
        for batch in _batches(file, source):
            for index in range(batch.num_rows):
                yield _parsed(batch.slice(index, 1), f"{source}, row {number}")
                number += 1


def _parsed(row: Any, place: str) -> Parsed | SetAside:
    content = None
    try:
        content = _content(row.select(_COLUMNS), place)
        return replace(parse_own(content, place), gold=partial(_gold, row, place))
    except InputError as error:
        return SetAside.because(error, item_id(content))


def _gold(row: Any, place: str, relations: Collection[str]) -> Gold:
    return own_gold(_content(row, place), place, relations)


def _content(row: Any, place: str) -> dict[str, Any]:
    try:
        (content,) = row.to_pylist()
    except UnicodeDecodeError:
        raise InputError(place, "bytes that are no UTF-8 text", "UTF-8 text") from None
    return dict(content)


def _batches(file: IO[bytes], source: str) -> Iterator[Any]:
    try:
        table = pq.ParquetFile(file)
        _check(table.schema_arrow, source)
        there = [name for name in _GOLD if name in table.schema_arrow.names]
        yield from table.iter_batches(_ROWS, columns=[*_COLUMNS, *there])
    except (pa.ArrowException, OSError, ValueError) as error:
        found = f"a broken table ({str(error)[:100]!r})"
        raise InputError(source, found, _EXPECTED) from None


def _check(schema: Any, source: str) -> None:
    missing = [name for name in _COLUMNS if name not in schema.names]
    if missing:
        raise InputError(source, f"a table without the columns {', '.join(missing)}", _EXPECTED)
    for name in _COLUMNS:
        # A table of other widths, such as pandas and polars write, is as good.
        try:
            pa.array([], schema.field(name).type).cast(SCHEMA.field(name).type)
        except (pa.ArrowException, TypeError):
            found = f"the column {name} of type {schema.field(name).type}"
            raise InputError(source, found, f"the type {SCHEMA.field(name).type}") from None
