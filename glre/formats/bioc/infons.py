"""Infons: what BioC says of anything by key and value, each producer with keys of its own."""

from typing import Any

Infons = dict[str, Any]


def by_key(infons: Infons | None) -> Infons:
    """The infons by their keys in one way of writing."""
    return {as_key(key): value for key, value in (infons or {}).items()}


def as_key(text: str) -> str:
    """A key in lower case, its words divided by spaces."""
    return text.lower().replace("_", " ")


def as_text(value: Any) -> str:
    """A value, empty where it is neither text nor a whole number."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
