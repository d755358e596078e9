"""A line of a text in PubTator format, and the place that messages name."""

import re
from dataclasses import dataclass

from glre.errors import InputError

TEXT_LINE = re.compile(r"([^|\t]*)\|([ta])\|(.*)", re.DOTALL)
"""A title or abstract line: document id, `t` or `a`, text."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line, numbered from 1, of the document `document` where that is known."""

    source: str
    number: int
    text: str
    document: str | None = None

    @property
    def place(self) -> str:
        """Source, line number and document."""
        place = f"{self.source}, line {self.number}"
        return place if self.document is None else f"{place}, document {self.document!r}"

    def error(self, found: str, expected: str) -> InputError:
        """What was found in this line, and what was expected."""
        return InputError(self.place, found, expected)
