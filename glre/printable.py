"""Text from anybody's documents as a terminal may be given it."""

import re

_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_OBEYED = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal acts on (C0 and C1 controls, among them what begins an escape sequence; changes of the writing
direction, which reorder what stands beside them) and halves of surrogate pairs, which it cannot be sent."""


def printable(text: str) -> str:
    """The text in one line: tabs and line breaks are one space, each other character that is obeyed is U+FFFD."""
    return _OBEYED.sub("\ufffd", _BREAKS.sub(" ", text))
