"""What a job needs of a model, and how each of its workers comes by it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from glre.documents.document import Document
from glre.documents.relations import Answer
from glre.formats.set_aside import SetAside
from glre.memory import leave_out_of_collections, prepare_memory
from glre.prediction.options import Options


class DocumentPredictor(Protocol):
    """Answers for documents as they come, in their order, holding no more than a few of them at a time."""

    def fitting(self, documents: Iterable[Document | SetAside], source: str = "") -> Iterator[Document | SetAside]:
        """The same, those that are too large set aside, with the `source` that they come from in the reason."""

    def stream(self, documents: Iterable[Document | SetAside]) -> Iterator[Answer | SetAside]:
        """Each document with its relations; what was set aside before, or can't be predicted, as that."""


Load = Callable[[int], DocumentPredictor]
"""Loads a model in the worker's process, to be run by so many threads; can be sent to another process."""


@dataclass(frozen=True, slots=True)
class ModelLoad:
    """Loads the model in `folder`, to be asked with `options`."""

    folder: Path
    options: Options

    def __call__(self, threads: int) -> DocumentPredictor:
        """A predictor that computes with so many threads; InputError where the model is unusable."""
        prepare_memory()
        import torch

        from glre.prediction.predictor import Predictor

        torch.set_num_threads(threads)
        predictor = Predictor.load(self.folder, self.options)
        leave_out_of_collections()
        return predictor
