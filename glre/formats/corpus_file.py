"""A file of a corpus, read in the format of its dataset."""

from dataclasses import asdict, dataclass
from pathlib import Path

from glre.documents.document import Document
from glre.formats.docred.reader import read_docred
from glre.formats.pubtator.corpus import read_pubtator
from glre.settings import Dataset


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """The documents of a file, and how often it had to be mended; None where its format knows no mending."""

    documents: list[Document]
    defects: dict[str, int] | None


def read_corpus_file(path: Path, dataset: Dataset) -> CorpusFile:
    """Read one of the dataset's files; InputError names file and place where it breaks the format."""
    if dataset.format == "docred":
        file = read_docred(path, dataset.relations)
        return CorpusFile(list(file.documents), asdict(file.defects))
    return CorpusFile(read_pubtator(path, dataset.relations), None)
