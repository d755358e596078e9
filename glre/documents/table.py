"""The Parquet table of documents that every corpus is turned into."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from glre.documents.document import DOCUMENT, Document, check, refusal
from glre.errors import InputError
from glre.files import written_whole

_MENTION = pa.struct(
    [
        ("sentence", pa.int32()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("text", pa.string()),
        ("type", pa.string()),
    ]
)
_SENTENCE = pa.struct(
    [("words", pa.list_(pa.string())), ("starts", pa.list_(pa.int32())), ("ends", pa.list_(pa.int32()))]
)
_ENTITY = pa.struct([("id", pa.string()), ("type", pa.string()), ("mentions", pa.list_(_MENTION))])
_FACT = pa.struct(
    [("head", pa.string()), ("tail", pa.string()), ("relation", pa.string()), ("evidence", pa.list_(pa.int32()))]
)
_EXCLUDED = pa.struct([("head", pa.string()), ("tail", pa.string()), ("reason", pa.string())])

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("title", pa.string()),
        ("text", pa.string()),
        ("sentences", pa.list_(_SENTENCE)),
        ("entities", pa.list_(_ENTITY)),
        ("facts", pa.list_(_FACT)),
        ("excluded", pa.list_(_EXCLUDED)),
    ]
)
"""The one table schema for documents of every corpus; nested as the types of glre.documents.document."""


def write_documents(documents: Iterable[Document], path: Path) -> None:
    """Check the documents and write them as one Parquet table, whole or not at all."""
    rows = []
    for document in documents:
        check(document, str(path))
        rows.append(DOCUMENT.dump_python(document))
    with written_whole(path) as temporary:
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), temporary)


def read_documents(path: Path) -> list[Document]:
    """Read and check a Parquet table of documents; InputError where it is missing or has another schema."""
    if not path.is_file():
        raise InputError(str(path), "no such file", "a Parquet table of documents, as `glre preprocess` writes it")
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError):
        raise InputError(str(path), "a file that is no whole Parquet table", "a Parquet table of documents") from None
    if not table.schema.equals(SCHEMA):
        alike = [name for name in SCHEMA.names if name in table.schema.names]
        other = [name for name in alike if table.schema.field(name) != SCHEMA.field(name)]
        found = f"other types in the columns {other}" if other else f"the columns {table.schema.names}"
        raise InputError(str(path), found, f"the schema of documents, {SCHEMA.names}")
    documents = []
    for number, row in enumerate(table.to_pylist()):
        try:
            documents.append(DOCUMENT.validate_python(row))
        except ValidationError as error:
            raise refusal(error, f"{path}, row {number}") from None
        check(documents[-1], str(path))
    return documents
