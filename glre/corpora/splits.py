"""The splits of a dataset: each a list of files or of runs of their documents."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from glre.counted import counted
from glre.documents.document import Document
from glre.errors import InputError
from glre.settings import Dataset, SplitPart


@dataclass(frozen=True, slots=True)
class Splits:
    """The documents of each split, in the order of its parts, and how many of a file another file has too.

    Such a document is left out where it is counted: it stays in the later of train, dev and test, so that nothing is
    trained on what is tested, and within a split in the earlier part.
    """

    documents: dict[str, list[Document]]
    in_another_file: dict[str, int]


def split_documents(dataset: Dataset, files: Mapping[str, list[Document]], folder: Path) -> Splits:
    """Split by the dataset's recipe; `files` holds each file's documents, read from `folder`.

    InputError where a part is empty or ends beyond its file, a document of a file is asked for twice, or all documents
    of a split are left out.
    """
    parts: dict[str, list[tuple[str, Document]]] = {
        split: list(_parts(recipe, files, folder)) for split, recipe in dataset.splits.items()
    }
    _refuse_twice(parts, folder)
    origin: dict[str, str] = {}
    documents: dict[str, list[Document]] = {split: [] for split in parts}
    left_out = Counter[str]()
    for split in sorted(parts, key=("test", "dev", "train").index):
        for file, document in parts[split]:
            if origin.setdefault(document.id, file) == file:
                documents[split].append(document)
            else:
                left_out[file] += 1
        if not documents[split]:
            raise InputError(
                f"{folder}, split {split}", "only documents that other files have too", "documents of its own"
            )
    return Splits(documents, dict(left_out))


def _parts(
    recipe: Iterable[SplitPart], files: Mapping[str, list[Document]], folder: Path
) -> Iterator[tuple[str, Document]]:
    for part in recipe:
        for document in _part(part, files[part.file], folder):
            yield part.file, document


def _refuse_twice(parts: Mapping[str, list[tuple[str, Document]]], folder: Path) -> None:
    origin: dict[tuple[str, str], str] = {}
    for split, own in parts.items():
        for file, document in own:
            if (file, document.id) in origin:
                raise InputError(
                    f"{folder / file}, document {document.id!r}",
                    f"a document of split {split} that is in split {origin[file, document.id]} already",
                    "each document in one split, once",
                )
            origin[file, document.id] = split


def _part(part: SplitPart, documents: list[Document], folder: Path) -> list[Document]:
    stop = len(documents) if part.stop is None else part.stop
    if not part.start < stop <= len(documents):
        raise InputError(
            str(folder / part.file),
            f"documents {part.start} to {stop} asked for",
            f"a non-empty run of its {counted(len(documents), 'document')}",
        )
    return documents[part.start : stop]
