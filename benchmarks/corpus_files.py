"""What each corpus file that can be had holds, beside Table 1 of the paper.

GLRE_MIRROR=/path/to/mirror python -m benchmarks.corpus_files

Files come from their public addresses or the mirror; one that neither has is said to be missing.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import report
from glre.corpora.hypernyms import leave_out_hypernyms, read_mesh_tree
from glre.corpora.sources import Folders, obtain
from glre.corpora.statistics import Statistics, count
from glre.errors import InputError, errors_reported
from glre.formats.corpus_file import read_corpus_file
from glre.formats.passed_over import PassedOver
from glre.grid.params import read_settings
from glre.progress import progress
from glre.settings import Dataset

PAGE = Path("docs/corpora.md")
DATASETS = ("cdr", "docred", "redocred")


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A row of Table 1."""

    documents: int
    instances: int
    negative_pairs: int


TABLE_1 = {
    "CDR_TrainingSet.PubTator.txt": PaperRow(500, 1_038, 4_280),
    "CDR_DevelopmentSet.PubTator.txt": PaperRow(500, 1_012, 4_136),
    "CDR_TestSet.PubTator.txt": PaperRow(500, 1_066, 4_270),
    "train_annotated.json": PaperRow(3_053, 38_269, 1_163_035),
    "dev.json": PaperRow(1_000, 12_332, 385_263),
    "test.json": PaperRow(1_000, 12_842, 379_316),
}


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file's documents in numbers, and what of it was passed over or mended."""

    statistics: Statistics
    passed_over: tuple[PassedOver, ...]


def main() -> None:
    """Write the table into docs/corpora.md."""
    settings = read_settings()
    files = [
        (name, file)
        for name in DATASETS
        for file in dict.fromkeys(part.file for parts in settings.dataset(name).splits.values() for part in parts)
    ]
    rows = []
    with TemporaryDirectory() as folder, progress("reading", len(files), "file") as bar:
        for name, file in files:
            rows.append(_row(name, file, _content(settings.dataset(name), name, file, Path(folder))))
            bar.advance(note=file)
    header = ["file", "documents", "sentences", "words", "entities", "mentions", "facts", "positive pairs"]
    header += ["N/A pairs", "left out", "Table 1: documents / instances / N/A pairs", "passed over or mended"]
    report.write_block("corpus_files", report.table(header, rows), PAGE)


def _content(dataset: Dataset, name: str, file: str, folder: Path) -> FileContent | None:
    folders = Folders(folder / name, folder / "partial", mirror=dataset.mirror or name)
    try:
        obtain(file, dataset.files[file], folders)
    except InputError as error:
        print(error, file=sys.stderr)
        return None
    read = read_corpus_file(folder / name / file, dataset.format, dataset.relations)
    documents = read.documents
    if dataset.hypernyms:
        obtain(dataset.hypernyms, dataset.files[dataset.hypernyms], folders)
        tree = read_mesh_tree(folder / name / dataset.hypernyms)
        documents = [leave_out_hypernyms(document, dataset.candidates, tree) for document in documents]
    return FileContent(count(documents, dataset.candidates), read.passed_over)


def _row(name: str, file: str, content: FileContent | None) -> list[str]:
    paper = TABLE_1.get(file)
    published = "" if paper is None else f"{paper.documents:,} / {paper.instances:,} / {paper.negative_pairs:,}"
    if content is None:
        return [f"{name}: `{file}`", *["not at hand"] * 9, published, ""]
    of = content.statistics
    counts = [of.documents, of.sentences, of.words, of.entities, of.mentions, of.facts]
    counts += [of.positive_pairs, of.negative_pairs, of.excluded_pairs]
    passed_over = [f"{own.count:,} {own.kind}" for own in content.passed_over]
    return [f"{name}: `{file}`", *(f"{number:,}" for number in counts), published, "; ".join(passed_over)]


if __name__ == "__main__":
    with errors_reported():
        main()
