"""Entity types as a model was trained with them, where documents name them otherwise."""

from collections.abc import Iterable
from dataclasses import replace

from glre.documents.document import Document
from glre.errors import InputError
from glre.settings import CandidateRule


class ModelTypes:
    """Types of documents by the model's: those that are the same but for case, and those that the user names."""

    def __init__(self, rules: Iterable[CandidateRule], named: Iterable[tuple[str, str]]) -> None:
        """`named` are pairs of a type of the documents and one of the model; InputError where it has no such type."""
        known = dict.fromkeys(kind for rule in rules for kind in (rule.head, rule.tail) if kind is not None)
        self._as_they_are = {kind: kind for kind in known}
        self._but_for_case = {kind.casefold(): kind for kind in reversed(known)}
        for theirs, asked in named:
            own = self._named(asked)
            if known and own not in known:
                raise InputError("--types", f"the type {asked!r}", f"one of the model: {', '.join(known)}")
            self._as_they_are[theirs] = self._but_for_case[theirs.casefold()] = own

    def renamed(self, document: Document) -> Document:
        """The document with the model's types for its entities; those of mentions stay as its source has them."""
        entities = tuple(replace(entity, type=self._named(entity.type)) for entity in document.entities)
        return document if entities == document.entities else replace(document, entities=entities)

    def _named(self, kind: str) -> str:
        return self._as_they_are.get(kind) or self._but_for_case.get(kind.casefold(), kind)
