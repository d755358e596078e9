"""Settings of a corpus: its files, how it is split, which entity pairs are candidates."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from glre.document_format import Format
from glre.settings.section import Name, Positive, Section


class Address(Section):
    """A public place of a file: a URL, and for an archive (.zip, .tar.gz) the member to take out of it."""

    url: str
    member: str | None = None


class SourceFile(Section):
    """A file of a corpus: the checksum of its (uncompressed) content and where it can be had.

    `path` names a file of this repository instead of public addresses.
    """

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    addresses: tuple[Address, ...] = ()
    path: Path | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> "SourceFile":
        if bool(self.addresses) == (self.path is not None):
            raise ValueError("give either addresses or a path")
        return self


class SplitPart(Section):
    """A file, or the documents `start` to `stop` (exclusive) of it."""

    file: Name
    start: Annotated[int, Field(ge=0)] = 0
    stop: Positive | None = None


class CandidateRule(Section):
    """Entity types between which relations are asked for, head to tail; None stands for any type."""

    head: str | None = None
    tail: str | None = None


class Dataset(Section):
    """A corpus, how it is split, and which entity pairs are candidates."""

    description: str
    format: Format
    mirror: Name | None = None
    """Folder of a mirror that holds the files; the dataset's own name where not given."""
    files: dict[Name, SourceFile]
    splits: dict[Literal["train", "dev", "test"], Annotated[tuple[SplitPart, ...], Field(min_length=1)]]
    """One without test is scored on dev alone."""
    relations: tuple[str, ...]
    relation_names: dict[str, str] = Field(default_factory=dict)
    """What relations are called in words; one without a name goes by itself."""
    candidates: tuple[CandidateRule, ...]
    hypernyms: Name | None = None
    """MeSH tree file for the hypernym filter; None leaves no pair out."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """What this dataset overrides in `defaults`."""

    @model_validator(mode="after")
    def _names_are_listed(self) -> "Dataset":
        used = {part.file for parts in self.splits.values() for part in parts}
        if self.hypernyms:
            used.add(self.hypernyms)
        if missing := used - self.files.keys():
            raise ValueError(f"files not listed under `files`: {', '.join(sorted(missing))}")
        if unknown := self.relation_names.keys() - set(self.relations):
            raise ValueError(f"names of relations that are not listed: {', '.join(sorted(unknown))}")
        return self
