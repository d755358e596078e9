"""Stand-ins for a model, loaded by workers in processes of their own, that do what their documents are called."""

import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from glre.documents.document import Document
from glre.documents.relations import Answer, DocumentRelations, PredictedRelation, RelatedEntity, WeighedMention
from glre.errors import InputError
from glre.formats.set_aside import SetAside


def relations_in(document: Document) -> DocumentRelations:
    """One relation, whose score tells the document."""
    ends = [
        RelatedEntity(
            entity.id,
            entity.mentions[0].text,
            entity.type,
            tuple(WeighedMention(mention.text, 0, mention.start, mention.end, 1.0) for mention in entity.mentions),
        )
        for entity in document.entities
    ]
    score = sum(document.id.encode()) % 997 / 997
    return DocumentRelations(document.id, 1, (PredictedRelation(ends[0], ends[1], "CID", "causes", score, 0.0, (0,)),))


class FakePredictor:
    """Documents called `kill`, `kill-once`, `short` or `wrong` do that to the worker; each takes `seconds`."""

    def __init__(self, notes: Path, seconds: float) -> None:
        self._notes = notes
        self._seconds = seconds

    def fitting(self, documents: Iterable[Document | SetAside], source: str = "") -> Iterator[Document | SetAside]:
        for document in documents:
            if isinstance(document, Document) and document.id == "large":
                yield SetAside(f"{source}, document 'large'", document.id, "many words", "few")
            else:
                yield document

    def stream(self, documents: Iterable[Document | SetAside]) -> Iterator[Answer | SetAside]:
        for document in documents:
            if isinstance(document, SetAside):
                yield document
                continue
            time.sleep(self._seconds)
            self._do(document.id)
            yield Answer(document, relations_in(document))

    def _do(self, name: str) -> None:
        (self._notes / f"began-{name}-{os.getpid()}-{time.monotonic_ns()}").touch()
        if name == "kill-once" and not (self._notes / "killed").exists():
            (self._notes / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "short":
            raise MemoryError
        if name == "wrong":
            raise ZeroDivisionError("a mistake in the model")


@dataclass(frozen=True)
class FakeLoad:
    """Notes the worker's process id, and its parent's, in the folder `notes`; `fault` is what goes wrong."""

    notes: Path
    seconds: float = 0.0
    fault: str = ""

    def __call__(self, threads: int) -> FakePredictor:  # noqa: ARG002
        (self.notes / f"worker-{os.getpid()}").write_text(str(os.getppid()), encoding="utf-8")
        if self.fault == "refused":
            raise InputError("the model", "another one", "this one")
        if self.fault == "dies":
            os._exit(3)
        return FakePredictor(self.notes, self.seconds)

    def parents(self) -> set[str]:
        """Process ids of those that started the workers."""
        return {path.read_text(encoding="utf-8") for path in self.notes.glob("worker-*")}

    def workers(self) -> list[int]:
        """Process ids of all workers that there ever were."""
        return [int(path.name.removeprefix("worker-")) for path in self.notes.glob("worker-*")]
