"""The ids of a mention, out of the one text that a file gives for them."""

import re
from urllib.parse import quote

_NONE = {"", "-", "-1", "None"}
_VARIANT = re.compile(
    r"^(?:tmVar:)?[a-z]?\|(?:SUB|DEL|INS|DUP|INDEL|FS|Allele|CopyNumber|SNP)\b"
    r"|\b(?:tmVar|HGVS|VariantGroup|CorrespondingGene|CorrespondingSpecies):|\b(?:RS|CA)#:"
    r"|^[cgmnpr]\."
)
_PLAIN = re.compile(r"(?:[A-Za-z][A-Za-z ]*:)?[A-Za-z]*_?[0-9]+(?:\(Tax:[0-9]+\))?")
"""An accession such as D003920, MESH:D003920, 1017, OMIM:123456, CVCL_0030 or 7157(Tax:9606)."""
_DIVIDES = re.compile(r"[|;,]|^\s+|\s+\Z")


def entity_ids(text: str) -> tuple[str, ...]:
    """The ids in `text`, each once: none, one, or several for a composite mention.

    They are divided by `|`, or by `;` or `,` where every part is a plain accession. What tmVar and HGVS write for a
    variant stays whole.
    """
    parts = composite_parts(text)
    if len(parts) == 1 and _VARIANT.search(parts[0]):
        return (parts[0],)
    ids = (id.strip() for part in parts for id in _divided(part))
    return tuple(dict.fromkeys(id for id in ids if id not in _NONE))


def composite_parts(text: str) -> list[str]:
    """What `|` divides, empty parts included; a variant is one part."""
    return [text.strip()] if _VARIANT.search(text.strip()) else text.split("|")


def as_one_id(id: str) -> str:
    """The id as `entity_ids` reads it whole: itself or, of one that would be divided, percent-encoded where needed."""
    if entity_ids(id) == (id,):
        return id
    encoded = _DIVIDES.sub(lambda found: quote(found[0], safe=""), id)
    return encoded if encoded not in _NONE else "".join(f"%{byte:02X}" for byte in encoded[:1].encode()) + encoded[1:]


def _divided(text: str) -> list[str]:
    for divider in (";", ","):
        parts = text.split(divider)
        if len(parts) > 1 and all(_PLAIN.fullmatch(part.strip()) for part in parts):
            return parts
    return [text]
