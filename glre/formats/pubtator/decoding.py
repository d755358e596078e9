"""Lines of bytes as text, and what is no text in them."""

import re

_NOT_DECODED = re.compile("[\udc80-\udcff]")


def decoded(raw: bytes) -> str:
    """The text of `raw`; each byte that is not UTF-8 stays in it as half of a surrogate pair."""
    return raw.decode("utf-8", "surrogateescape")


def not_utf8(text: str) -> str | None:
    """What is wrong with text that `decoded` gave, in words; None where it is sound."""
    match = _NOT_DECODED.search(text)
    if match is None:
        return None
    return f"the byte 0x{ord(match[0]) - 0xDC00:02x} at column {match.start() + 1}"
