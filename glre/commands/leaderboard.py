"""Writes a `result.json` for DocRED's leaderboard. Not a DVC stage: what it writes, and where, is the user's choice."""

import sys
from collections.abc import Sequence
from pathlib import Path

from glre import paths
from glre.counted import counted
from glre.document_format import Format
from glre.documents.document import Document
from glre.documents.table import read_documents
from glre.errors import InputError
from glre.evaluation.leaderboard import (
    ResultEntry,
    check_result,
    entries_of_scores,
    entries_of_table,
    score_result,
    write_result,
)
from glre.evaluation.predictions import read_predictions
from glre.evaluation.training_facts import training_facts
from glre.formats.corpus_file import read_corpus_file
from glre.formats.passed_over import in_lines
from glre.prediction.model_source import find_model
from glre.prediction.options import Options, Precision
from glre.prediction.predictor import Predictor
from glre.progress import progress
from glre.systems.trained import ModelSettings, load_settings

_CHUNK = 64
"""Documents whose scores are in memory at the same time."""


def run(model: str, file: Path | None, output: Path, split: str | None, train: Path | None) -> None:
    """Write `output` from the model's entries for a DocRED file, or from what `glre evaluate` wrote of a split.

    Prints F1 where the documents have facts, and Ign F1 where it is also known which facts `train` holds; for a split
    that has been evaluated, the training split of the model's dataset stands in for `train`.
    """
    folder = find_model(model)
    settings = load_settings(folder)
    if file is not None and split is not None:
        raise InputError("--split", f"{split!r} beside {file}", "a file, or a split that has been evaluated")
    split = split or "test"
    source = file or paths.documents(settings.dataset, split)
    documents = _read(file, settings) if file else read_documents(source)
    training = _read(train, settings) if train else []
    if not file and not train:
        training = read_documents(paths.documents(settings.dataset, "train"))
    check_result((), documents, settings.relations, str(source))  # before hours of scoring, not after
    entries = _scored(folder, settings, documents) if file else _evaluated(settings, split, documents)
    write_result(entries, documents, settings.relations, output)
    print(f"{output}: {counted(len(entries), 'relation')} of {counted(len(documents), 'document')}")
    if any(document.facts for document in documents):
        found = score_result(documents, entries, training_facts(training)).relations
        print(f"precision {found.precision:.4f}, recall {found.recall:.4f}, F1 {found.f1:.4f}")
        print(f"Ign F1 {found.ign_f1:.4f}" if training else "Ign F1 needs the facts of training: --train FILE")


def _read(file: Path, settings: ModelSettings) -> list[Document]:
    read = read_corpus_file(file, Format.DOCRED, settings.relations)
    print(in_lines(read.passed_over), end="", file=sys.stderr)
    return read.documents


def _scored(folder: Path, settings: ModelSettings, documents: Sequence[Document]) -> tuple[ResultEntry, ...]:
    predictor = Predictor.load(folder, Options(precision=Precision.FLOAT32))
    entries: list[ResultEntry] = []
    with progress("scoring", len(documents), "document") as bar:
        for start in range(0, len(documents), _CHUNK):
            chunk = documents[start : start + _CHUNK]
            entries += entries_of_scores(chunk, predictor.scores(chunk), settings.relations, settings.threshold)
            bar.advance(len(chunk))
    return tuple(entries)


def _evaluated(settings: ModelSettings, split: str, documents: Sequence[Document]) -> tuple[ResultEntry, ...]:
    path = paths.results(settings.dataset, settings.experiment) / "predictions.parquet"
    table = read_predictions(path)
    rows = table[(table["split"] == split) & (table["seed"] == settings.seed)]
    if rows.empty:
        found = f"no predictions of the split {split} with seed {settings.seed}"
        raise InputError(str(path), found, "those of a model and split that `glre evaluate` has scored")
    return entries_of_table(rows, documents)
