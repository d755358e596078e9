"""The format of a source, told by its content."""

import re

from glre.document_format import Format

_IN_WORDS = {
    Format.PUBTATOR: "PubTator (`id|t|title`, `id|a|abstract`, rows of mentions)",
    Format.BIOC_JSON: "BioC JSON (passages)",
    Format.BIOC_XML: "BioC XML (<collection>)",
    Format.DOCRED: "JSON in DocRED's format (title, sents, vertexSet)",
    Format.JSON: "JSON as glre.documents writes it (id, title, text, sentences, entities)",
    Format.PARQUET: "Parquet with the same columns",
}
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_PUBTATOR_LINE = re.compile(rb"^[^|\t\r\n]{1,200}\|[ta]\|", re.MULTILINE)
_BIOC_ROOT = re.compile(rb"<collection[\s/>]")
_BEFORE_JSON = b" \t\r\n\v\f\x1e"
"""White space, and what begins a record in a JSON text sequence (RFC 7464)."""
_PARQUET_MAGIC = b"PAR1"


def in_words(format: Format | None) -> str:
    """The format for messages, or all of them."""
    return ", ".join(_IN_WORDS.values()).replace(", Parquet", ", or Parquet") if format is None else _IN_WORDS[format]


def told_by_beginning(beginning: bytes) -> Format | None:
    """The format of what begins so, None where it is none of them; all that is JSON counts as JSON here."""
    if beginning.startswith(_PARQUET_MAGIC):
        return Format.PARQUET
    text = beginning.removeprefix(BYTE_ORDER_MARK).lstrip(_BEFORE_JSON)
    if text.startswith((b"{", b"[")):
        return Format.JSON
    if text.startswith(b"<") and _BIOC_ROOT.search(text):
        return Format.BIOC_XML
    return Format.PUBTATOR if _PUBTATOR_LINE.search(text) else None
