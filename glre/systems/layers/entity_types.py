"""Types of entities as numbers: a system does not know beforehand which there are."""

from zlib import crc32

TYPES = 47
"""Numbers that types are hashed to: a prime by which those of the field's corpora stay apart."""


def type_number(name: str) -> int:
    """The number of the type called so, from 0 to `TYPES` - 1."""
    return crc32(name.encode()) % TYPES
