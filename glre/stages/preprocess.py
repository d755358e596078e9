"""From a dataset's files to one Parquet table of documents for each split, and their statistics."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from glre import paths
from glre.corpora.hypernyms import leave_out_hypernyms, read_mesh_tree
from glre.corpora.splits import split_documents
from glre.corpora.statistics import Statistics, count
from glre.documents.table import write_documents
from glre.errors import InputError
from glre.files import written_whole
from glre.formats.corpus_file import CorpusFile, read_corpus_file
from glre.formats.passed_over import PassedOver, PassedOverCounts, as_values, in_lines
from glre.grid.params import read_settings
from glre.progress import progress
from glre.settings import Dataset
from glre.tracking import StageIdentity, stage_run


def run(dataset: str) -> dict[str, Statistics]:
    """Write data/processed/<dataset>/{<split>.parquet, statistics.json}, the folder replaced as a whole.

    Beside them passed_over.json, what of the files was passed over or mended, where anything was; it is printed too.
    """
    settings = read_settings().dataset(dataset)
    raw = paths.raw(dataset)
    parameters = settings.model_dump(mode="json", exclude={"files", "settings", "description"})
    with stage_run(StageIdentity("preprocess", dataset), parameters, [raw]) as tracked:
        statistics = _preprocess(dataset, settings, raw)
        tracked.log_nested_metrics({split: asdict(counts) for split, counts in statistics.items()})
        for name in ("statistics.json", "passed_over.json"):
            if (paths.processed(dataset) / name).is_file():
                tracked.log_artifact(paths.processed(dataset) / name)
    return statistics


def _preprocess(dataset: str, settings: Dataset, raw: Path) -> dict[str, Statistics]:
    files = _read(settings, raw)
    split = split_documents(settings, {name: file.documents for name, file in files.items()}, raw)
    splits = split.documents
    if settings.hypernyms:
        tree = read_mesh_tree(raw / settings.hypernyms)
        splits = {
            name: [leave_out_hypernyms(document, settings.candidates, tree) for document in documents]
            for name, documents in splits.items()
        }
    statistics = {name: count(documents, settings.candidates) for name, documents in splits.items()}
    passed_over = _passed_over(files, split.in_another_file, raw)
    with written_whole(paths.processed(dataset)) as folder:
        for name, documents in splits.items():
            write_documents(documents, folder / f"{name}.parquet")
        _write_json({name: asdict(counts) for name, counts in statistics.items()}, folder / "statistics.json")
        if passed_over:
            _write_json(as_values(passed_over), folder / "passed_over.json")
    print(in_lines(passed_over), end="", flush=True)
    return statistics


def _read(settings: Dataset, raw: Path) -> dict[str, CorpusFile]:
    names = sorted({part.file for parts in settings.splits.values() for part in parts})
    files = {}
    with progress("reading", total=len(names), unit="file") as tracker:
        for name in names:
            if not (raw / name).exists():
                raise InputError(str(raw / name), "No such file or directory", "a file, as `glre download` leaves it")
            files[name] = read_corpus_file(raw / name, settings.format, settings.relations)
            tracker.advance(note=name)
    return files


def _passed_over(
    files: Mapping[str, CorpusFile], in_another_file: Mapping[str, int], raw: Path
) -> tuple[PassedOver, ...]:
    counts = PassedOverCounts()
    for name, file in files.items():
        counts.add(file.passed_over)
        if elsewhere := in_another_file.get(name, 0):
            counts.add([PassedOver("documents in another file of the dataset", elsewhere, str(raw / name))])
    return counts.rows


def _write_json(content: Any, path: Path) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
