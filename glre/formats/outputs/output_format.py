"""The formats that relations are written in."""

from enum import StrEnum
from pathlib import Path

from glre.errors import InputError


class OutputFormat(StrEnum):
    """How relations are written; a table is for the terminal only."""

    TABLE = "table"
    JSONL = "jsonl"
    PARQUET = "parquet"
    CSV = "csv"
    PUBTATOR = "pubtator"
    BIOC_JSON = "bioc-json"
    BIOC_XML = "bioc-xml"


_ENDINGS = {
    ".jsonl": OutputFormat.JSONL,
    ".ndjson": OutputFormat.JSONL,
    ".parquet": OutputFormat.PARQUET,
    ".csv": OutputFormat.CSV,
    ".pubtator": OutputFormat.PUBTATOR,
    ".pubtator.txt": OutputFormat.PUBTATOR,
    ".json": OutputFormat.BIOC_JSON,
    ".xml": OutputFormat.BIOC_XML,
}


def output_format(path: Path) -> OutputFormat:
    """The format that the end of the file's name stands for, in upper or lower case; InputError where it is none."""
    name = path.name.lower()
    for ending, format in _ENDINGS.items():
        if name.endswith(ending):
            return format
    raise InputError(str(path), "a file name that tells no format", f"a name that ends in {', '.join(_ENDINGS)}")
