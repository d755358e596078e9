"""Lines of a text, whatever ends them."""

import re
from collections.abc import Iterator
from io import TextIOWrapper

from glre.formats.inputs.opening import Opened

_LONE_RETURN = re.compile(rb"\r(?!\n)\s*(?:[^|\t\r\n]{1,200}\|[ta]\||[^|\t\r\n]{1,200}\t[^\t\r\n]*\t)")
"""A carriage return alone, and behind it what only begins a line of PubTator."""


def lines_of(content: Opened) -> Iterator[bytes]:
    """Lines that end at line feeds alone: others may be part of the text, and would shift its offsets.

    Where lines are seen to end at carriage returns, these end lines too.
    """
    if not _LONE_RETURN.search(content.beginning):
        yield from content.stream
        return
    with TextIOWrapper(content.stream, "utf-8", "surrogateescape", newline=None) as text:
        for line in text:
            yield line.encode("utf-8", "surrogateescape")
