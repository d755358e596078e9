"""The formats that documents come in."""

from enum import StrEnum


class Format(StrEnum):
    """How a source is written. JSON is our own, as `glre.documents.to_json` writes it: one, a list, or JSON Lines."""

    PUBTATOR = "pubtator"
    BIOC_JSON = "bioc-json"
    BIOC_XML = "bioc-xml"
    DOCRED = "docred"
    JSON = "json"
    PARQUET = "parquet"
