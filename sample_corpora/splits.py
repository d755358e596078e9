"""The three files of a sample corpus; with nothing else given, exactly those committed under data/."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from glre.errors import InputError
from glre.files import written_whole
from glre.progress import progress
from sample_corpora.articles import documents as articles
from sample_corpora.documents import FIRST_ID, SampleSettings, generate

IDS_PER_SPLIT = 30_000_000
_UNSEEN = 0.5


@dataclass(frozen=True, slots=True)
class SplitSizes:
    """Documents in each split; one without documents gets no file."""

    train: int = 400
    dev: int = 60
    test: int = 60

    def __post_init__(self) -> None:
        for split, documents in self.by_name().items():
            if not 0 <= documents <= IDS_PER_SPLIT:
                raise InputError(f"sample corpus, {split}", str(documents), f"a number from 0 to {IDS_PER_SPLIT}")

    def by_name(self) -> dict[str, int]:
        """The sizes, in the order of the splits."""
        return {"train": self.train, "dev": self.dev, "test": self.test}


@dataclass(frozen=True, slots=True)
class Form:
    """What a sample corpus consists of: how its files are called, its documents as text, and its usual size."""

    suffix: str
    generate: Callable[[SampleSettings], Iterator[str]]
    settings: SampleSettings
    sizes: SplitSizes


PUBTATOR = Form("PubTator.txt", generate, SampleSettings(documents=0), SplitSizes())
DOCRED = Form("json", articles.generate, articles.ARTICLES, SplitSizes(train=250, dev=50, test=50))


def write_splits(folder: Path, sizes: SplitSizes, base: SampleSettings, form: Form = PUBTATOR) -> list[Path]:
    """Write `<split>.<suffix>` for each split and return their paths; `base` says all but ids, sizes and names.

    The splits share no document id. Dev and test take half of their names from those that train never uses.
    """
    written = []
    for number, (split, documents) in enumerate(sizes.by_name().items()):
        settings = replace(
            base,
            documents=documents,
            first_id=FIRST_ID + number * IDS_PER_SPLIT,
            unseen=0.0 if split == "train" else _UNSEEN,
        )
        if documents:
            path = folder / f"{split}.{form.suffix}"
            write_documents(path, settings, form)
            written.append(path)
    return written


def write_documents(path: Path, settings: SampleSettings, form: Form = PUBTATOR) -> None:
    """Generate documents into one file, whole or not at all; memory does not grow with their number."""
    with (
        written_whole(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="\n") as file,
        progress(str(path), total=settings.documents, unit="documents") as tracker,
    ):
        for document in form.generate(settings):
            file.write(document)
            tracker.advance()
