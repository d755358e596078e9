"""The ids of a mention, out of the one text that a file gives for them."""

import re

_NONE = {"", "-", "-1", "None"}
_VARIANT = re.compile(
    r"^(?:tmVar:)?[a-z]?\|(?:SUB|DEL|INS|DUP|INDEL|FS|Allele|CopyNumber|SNP)\b"
    r"|\b(?:tmVar|HGVS|VariantGroup|CorrespondingGene|CorrespondingSpecies):|\b(?:RS|CA)#:"
    r"|^[cgmnpr]\."
)
_PLAIN = re.compile(r"(?:[A-Za-z][A-Za-z ]*:)?[A-Za-z]*_?[0-9]+(?:\(Tax:[0-9]+\))?")
"""An accession such as D003920, MESH:D003920, 1017, OMIM:123456, CVCL_0030 or 7157(Tax:9606)."""


def entity_ids(text: str) -> tuple[str, ...]:
    """The ids in `text`, each once: none, one, or several for a composite mention.

    They are divided by `|`, or by `;` or `,` where every part is a plain accession. What tmVar and HGVS write for a
    variant stays whole.
    """
    text = text.strip()
    if _VARIANT.search(text):
        return (text,)
    parts = (part.strip() for piece in text.split("|") for part in _divided(piece))
    return tuple(dict.fromkeys(part for part in parts if part not in _NONE))


def _divided(text: str) -> list[str]:
    for divider in (";", ","):
        parts = text.split(divider)
        if len(parts) > 1 and all(_PLAIN.fullmatch(part.strip()) for part in parts):
            return parts
    return [text]
