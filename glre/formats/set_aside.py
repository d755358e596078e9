"""A document that could not be used."""

from dataclasses import dataclass
from typing import Any

from glre.errors import InputError
from glre.formats.passed_over import PassedOver


@dataclass(frozen=True, slots=True)
class SetAside:
    """A document that is left out, and why; the others of its source are read on.

    `place` is its file with line or number, `document_id` is None where the id itself could not be read.
    """

    place: str
    document_id: str | None
    found: str
    expected: str

    @classmethod
    def because(cls, error: InputError, document_id: str | None) -> "SetAside":
        """What an error says of the document that it was met in."""
        return cls(error.place, document_id, error.found, error.expected)

    def passed_over(self) -> PassedOver:
        """The document as one of those that are counted."""
        return PassedOver("documents set aside", 1, str(self.error()))

    def error(self) -> InputError:
        """The same as the error that ends a strict run."""
        return InputError(self.place, self.found, self.expected)


def item_id(content: Any, key: str = "id") -> str | None:
    """The id of what should be a document, by its key, where it has one."""
    id = content.get(key) if isinstance(content, dict) else None
    return str(id) if isinstance(id, str | int) and str(id) else None
