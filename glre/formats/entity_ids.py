"""The ids of a mention, out of the one text that a file gives for them."""

import re
from collections.abc import Iterable
from urllib.parse import quote

_NONE = re.compile(r"(?:[a-z_ ]+:)?(?:|-+|-1|none|null|nan|nil|n/?a|cui-less)", re.IGNORECASE)
"""What stands for no id, also behind the name of a vocabulary, as in `MESH:-1`."""
_VARIANT = re.compile(
    r"^(?:tmVar:)?[a-z]?\|(?:SUB|DEL|INS|DUP|INDEL|FS|Allele|CopyNumber|SNP)\b"
    r"|\b(?:tmVar|HGVS|VariantGroup|CorrespondingGene|CorrespondingSpecies):|\b(?:RS|CA)#:"
    r"|^[cgmnpr]\."
)
_OF_VARIANTS = re.compile("variant|variation|mutation|allele|acidchange|copynumber|snp")
"""Types, in lower case without what divides their words, whose ids may hold what divides those of others."""
_PLAIN = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9_. ]*:)?[A-Za-z]*_?[0-9][A-Za-z0-9]*(?:\.[0-9]+)?(?:\((?:Tax|tax):[0-9]+\))?"
)
"""An accession such as D003920, MESH:D003920, 1017, OMIM:123456, CVCL_0030, Q8N4U5 or 7157(Tax:9606)."""
_DIVIDER = re.compile("[|;,+]")
_DIVIDES = re.compile(r"[|;,+]|^\s+|\s+\Z")


def entity_ids(text: str, kind: str = "") -> tuple[str, ...]:
    """The ids in `text`, each once, of a mention of the type `kind`: none, one, or several for a composite mention.

    They are divided by `|`, or by `;`, `,` or `+` where every part is a plain accession. Of a variant, told by its
    type or by how tmVar and HGVS write one, an id may hold any of these: it stays whole unless all parts are plain.
    """
    parts = composite_parts(text, kind)
    if len(parts) == 1 and _is_variant(parts[0]):
        return (parts[0],)
    ids = (id.strip() for part in parts for id in _divided(part))
    return tuple(dict.fromkeys(id for id in ids if not _NONE.fullmatch(id)))


def composite_parts(text: str, kind: str = "") -> list[str]:
    """What `|` divides, empty parts included; a variant is one part."""
    whole = _is_variant(text.strip()) or (is_variant_type(kind) and len(_divided(text)) == 1)
    return [text.strip()] if whole else text.split("|")


def is_variant_type(kind: str) -> bool:
    """Whether entities of this type are variants, such as `SequenceVariant` or `DNAMutation`."""
    return _OF_VARIANTS.search(re.sub(r"[\W_]", "", kind.lower())) is not None


def as_one_id(id: str, kinds: Iterable[str] = ("",)) -> str:
    """The id as `entity_ids` reads it whole: itself or, of one that would be divided, percent-encoded where needed.

    `kinds` are the types that its mentions have.
    """
    if all(entity_ids(id, kind) == (id,) for kind in kinds):
        return id
    encoded = _DIVIDES.sub(lambda found: quote(found[0], safe=""), id)
    return (
        "".join(f"%{byte:02X}" for byte in encoded[:1].encode()) + encoded[1:] if _NONE.fullmatch(encoded) else encoded
    )


def _is_variant(text: str) -> bool:
    return _VARIANT.search(text) is not None


def _divided(text: str) -> list[str]:
    """The parts, where each is a plain accession or stands for none; else the whole."""
    parts = [part.strip() for part in _DIVIDER.split(text)]
    named = [part for part in parts if not _NONE.fullmatch(part)]
    return parts if len(parts) > 1 and named and all(map(_PLAIN.fullmatch, named)) else [text]
