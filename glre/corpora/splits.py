"""The splits of a dataset: each a list of files or of runs of their documents."""

from collections.abc import Mapping
from pathlib import Path

from glre.documents import Document
from glre.errors import InputError
from glre.settings import Dataset, SplitPart


def split_documents(dataset: Dataset, files: Mapping[str, list[Document]], folder: Path) -> dict[str, list[Document]]:
    """The documents of each split, in the order of its parts; `files` holds each file's documents, read from `folder`.

    InputError where a part is empty or ends beyond its file, or a document occurs twice.
    """
    splits: dict[str, list[Document]] = {}
    origin: dict[str, str] = {}
    for split, parts in dataset.splits.items():
        splits[split] = []
        for part in parts:
            for document in _part(part, files[part.file], folder):
                if document.id in origin:
                    raise InputError(
                        f"{folder / part.file}, document {document.id!r}",
                        f"a document of split {split} that is in split {origin[document.id]} already",
                        "each document in one split, once",
                    )
                origin[document.id] = split
                splits[split].append(document)
    return splits


def _part(part: SplitPart, documents: list[Document], folder: Path) -> list[Document]:
    stop = len(documents) if part.stop is None else part.stop
    if not part.start < stop <= len(documents):
        raise InputError(
            str(folder / part.file),
            f"documents {part.start} to {stop} asked for",
            f"a non-empty run of its {len(documents)} documents",
        )
    return documents[part.start : stop]
