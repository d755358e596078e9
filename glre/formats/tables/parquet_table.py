"""Relations as a Parquet table: a row per relation, mentions nested."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from glre.documents.document import Document
from glre.documents.relations import DocumentRelations
from glre.formats.tables.relation_row import RelationRow, relation_rows

ROW_GROUP = 8_192
"""Most rows of a row group: what is held in memory before it is written."""

_MENTIONS = pa.list_(
    pa.struct(
        [
            ("text", pa.string()),
            ("sentence", pa.int32()),
            ("start", pa.int32()),
            ("end", pa.int32()),
            ("weight", pa.float64()),
        ]
    )
)

SCHEMA = pa.schema(
    [
        ("document_id", pa.string()),
        ("head_id", pa.string()),
        ("head_name", pa.string()),
        ("head_type", pa.string()),
        ("tail_id", pa.string()),
        ("tail_name", pa.string()),
        ("tail_type", pa.string()),
        ("relation", pa.string()),
        ("relation_name", pa.string()),
        ("score", pa.float64()),
        ("threshold", pa.float64()),
        ("sentences", pa.list_(pa.int32())),
        ("head_mentions", _MENTIONS),
        ("tail_mentions", _MENTIONS),
    ]
)
"""The columns, the same whatever is found."""

_ROW = TypeAdapter(RelationRow)


class ParquetWriter:
    """Writes a row for each relation, in row groups of bounded size.

    A document without relations has no row; the file's metadata counts all documents, those among them that have no
    relation, and candidate pairs, as `glre.documents`, `glre.documents_without_relations` and `glre.pairs`.
    """

    def __init__(self, file: pq.ParquetWriter) -> None:
        self._file = file
        self._rows: list[object] = []
        self._documents = 0
        self._without_relations = 0
        self._pairs = 0

    def write(self, _document: Document, found: DocumentRelations) -> None:
        """Write the document's relations; they may wait in memory for others."""
        self._documents += 1
        self._without_relations += not found.relations
        self._pairs += found.pairs
        for row in relation_rows(found):
            self._rows.append(_ROW.dump_python(row))
            if len(self._rows) == ROW_GROUP:
                self._write_rows()

    def finish(self) -> None:
        """Write the rows that wait, and the counts."""
        if self._rows:
            self._write_rows()
        counts = {
            "glre.documents": self._documents,
            "glre.documents_without_relations": self._without_relations,
            "glre.pairs": self._pairs,
        }
        self._file.add_key_value_metadata({name: str(count) for name, count in counts.items()})

    def _write_rows(self) -> None:
        self._file.write_batch(pa.RecordBatch.from_pylist(self._rows, schema=SCHEMA), row_group_size=ROW_GROUP)
        self._rows = []


@contextmanager
def open_parquet(path: Path) -> Iterator[ParquetWriter]:
    """A writer of a new file at `path`, compressed with zstd."""
    with path.open("wb") as raw, pq.ParquetWriter(raw, SCHEMA, compression="zstd") as file:
        writer = ParquetWriter(file)
        yield writer
        writer.finish()
