"""How documents are read."""

from dataclasses import dataclass
from enum import StrEnum

from glre.document_format import Format


class OffsetUnit(StrEnum):
    """What the offsets of a source count: code points of the text, bytes of it in UTF-8, or UTF-16 code units."""

    CHARACTERS = "characters"
    BYTES = "bytes"
    UTF16 = "utf16"


@dataclass(frozen=True, slots=True)
class Reading:
    """`format` None is told by the content. Where it is `strict`, a mention that doesn't fit costs its document."""

    format: Format | None = None
    offsets: OffsetUnit = OffsetUnit.CHARACTERS
    strict: bool = False


AS_TOLD = Reading()
"""As most sources are read."""
