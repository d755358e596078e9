"""What params.yaml has to say of a corpus, looked up from its files."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from glre.corpora.splits import split_documents
from glre.corpora.statistics import Statistics, count
from glre.corpora.unpacking import BrokenFileError, unpack
from glre.document_format import Format
from glre.documents.document import Document
from glre.errors import InputError
from glre.formats.corpus_file import corpus_format, read_corpus_file
from glre.formats.passed_over import PassedOver, PassedOverCounts
from glre.settings import Dataset

_SPLITS = {
    "train": re.compile("train"),
    "dev": re.compile("dev|valid|(?<![a-z])val(?![a-z])"),
    "test": re.compile("test"),
}
_UNUSUAL = re.compile(r"[^A-Za-z0-9._-]+")


class AnyRelation(Collection[str]):
    """All names that a relation can have, before it is known which there are."""

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(frozen=True, slots=True)
class NewCorpus:
    """A dataset's entry as params.yaml takes it, and what its splits hold."""

    entry: dict[str, Any]
    statistics: Mapping[str, Statistics]
    outside: Mapping[str, int]
    """Facts of each split whose entity types no candidate pair has."""
    passed_over: tuple[PassedOver, ...]
    """What of the files was passed over or mended."""


def splits_by_name(files: Sequence[Path]) -> dict[str, list[Path]]:
    """The files of each split, told by train, dev, valid, val or test in their names; InputError where it isn't."""
    found: dict[str, list[Path]] = {split: [] for split in _SPLITS}
    for file in files:
        splits = [split for split, pattern in _SPLITS.items() if pattern.search(file.name.lower())]
        if len(splits) != 1:
            told = f"a name that says {' and '.join(splits)}" if splits else "a name that says no split"
            raise InputError(str(file), told, "train, dev (valid, val) or test in it, or --train, --dev, --test FILE")
        found[splits[0]].append(file)
    return found


def look_up(name: str, files: Mapping[str, Sequence[Path]], description: str | None = None) -> NewCorpus:
    """The entry of the corpus `name` whose splits lie in `files`, all read strictly.

    Relations and the types of candidate pairs are those that facts of train and dev have, most frequent first.
    InputError where a file isn't one of a corpus, where train or dev is missing or has no facts, or where the files
    don't go together.
    """
    for split in ("train", "dev"):
        if not files.get(split):
            raise InputError(f"corpus {name!r}", f"no {split} split", "files of train and of dev")
    of_splits = {split: tuple(own) for split, own in files.items() if own}
    checksums = _checksums([file for own in of_splits.values() for file in own])
    format = _format(checksums)
    read = {file: read_corpus_file(file, format, AnyRelation()) for file in checksums}
    documents = {file: own.documents for file, own in read.items()}
    passed_over = PassedOverCounts()
    for own in read.values():
        passed_over.add(own.passed_over)
    facts = {
        split: [fact for file in own for document in documents[file] for fact in _typed_facts(document)]
        for split, own in of_splits.items()
    }
    for split in ("train", "dev"):
        if not facts[split]:
            raise InputError(f"corpus {name!r}, {split}", "no facts", "documents whose relations are known")
    pairs = Counter(types for types, _ in facts["train"] + facts["dev"])
    relations = Counter(relation for _, relation in facts["train"] + facts["dev"])
    # A reader refuses relations that aren't listed: those of test alone come last.
    relations.update({relation: 0 for _, relation in facts.get("test", [])})
    entry = {
        "description": description or f"Added from {_listed(of_splits)}",
        "format": format.value,
        "files": {_name(file): {"sha256": checksums[file], "path": _path(file)} for file in documents},
        "splits": {split: [{"file": _name(file)} for file in own] for split, own in of_splits.items()},
        "relations": [relation for relation, _ in _most_common(relations)],
        "relation_names": {},
        "candidates": [{"head": head, "tail": tail} for (head, tail), _ in _most_common(pairs)],
        "hypernyms": None,
        "settings": {},
    }
    dataset = Dataset.model_validate(entry)
    by_name = {_name(file): own for file, own in documents.items()}
    splits = split_documents(dataset, by_name, Path()).documents
    return NewCorpus(
        entry,
        {split: count(own, dataset.candidates) for split, own in splits.items()},
        {
            split: sum(types not in pairs for document in own for types, _ in _typed_facts(document))
            for split, own in splits.items()
        },
        passed_over.rows,
    )


def _checksums(files: Sequence[Path]) -> dict[Path, str]:
    """Of the content of each file, unpacked."""
    names: dict[str, Path] = {}
    checksums = {}
    with TemporaryDirectory() as folder:
        for file in files:
            if not file.is_file():
                raise InputError(str(file), "no such file", "a file of the corpus")
            if (other := names.setdefault(_name(file), file)) is not file:
                raise InputError(str(file), f"the name of {other}", "files with names of their own")
            try:
                checksums[file] = unpack(file, None, Path(folder) / "content")
            except BrokenFileError as error:
                raise InputError(str(file), str(error), "a whole file") from None
    return checksums


def _format(files: Iterable[Path]) -> Format:
    formats = {file: corpus_format(file) for file in files}
    first, expected = next(iter(formats.items()))
    for file, found in formats.items():
        if found is not expected:
            raise InputError(str(file), f"the format {found}", f"that of {first}, {expected}")
    return expected


def _typed_facts(document: Document) -> list[tuple[tuple[str, str], str]]:
    """For each fact the types of its entities, and its relation."""
    types = {entity.id: entity.type for entity in document.entities}
    return [((types[fact.head], types[fact.tail]), fact.relation) for fact in document.facts]


def _most_common(counts: Counter[Any]) -> list[tuple[Any, int]]:
    """By count, and where that is the same by name, so that the order of files is none of it."""
    return sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))


def _listed(files: Mapping[str, Sequence[Path]]) -> str:
    return ", ".join(file.name for own in files.values() for file in own)


def _name(file: Path) -> str:
    """What the file is called below `files`: that of its content."""
    return _UNUSUAL.sub("_", file.name.removesuffix(".gz")).lstrip("._-") or "corpus"


def _path(file: Path) -> str:
    """Relative to the repository's root, which is the current folder, where it lies in it."""
    absolute = file.resolve()
    return (absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else absolute).as_posix()
