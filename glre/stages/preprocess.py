"""From a dataset's files to one Parquet table of documents for each split, and their statistics."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from glre import paths
from glre.corpora.hypernyms import leave_out_hypernyms, read_mesh_tree
from glre.corpora.splits import split_documents
from glre.corpora.statistics import Statistics, count
from glre.counted import counted
from glre.documents.table import write_documents
from glre.errors import InputError
from glre.files import written_whole
from glre.formats.corpus_file import CorpusFile, read_corpus_file
from glre.grid.params import read_settings
from glre.progress import progress
from glre.settings import Dataset
from glre.tracking import StageIdentity, stage_run


def run(dataset: str) -> dict[str, Statistics]:
    """Write data/processed/<dataset>/{<split>.parquet, statistics.json}, the folder replaced as a whole.

    Beside them defects.json, `{file: {defect: count}}`, where files are in DocRED format or share documents.
    """
    settings = read_settings().dataset(dataset)
    raw = paths.raw(dataset)
    parameters = settings.model_dump(mode="json", exclude={"files", "settings", "description"})
    with stage_run(StageIdentity("preprocess", dataset), parameters, [raw]) as tracked:
        statistics = _preprocess(dataset, settings, raw)
        tracked.log_nested_metrics({split: asdict(counts) for split, counts in statistics.items()})
        for name in ("statistics.json", "defects.json"):
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
    defects = _defects(files, split.in_another_file)
    with written_whole(paths.processed(dataset)) as folder:
        for name, documents in splits.items():
            write_documents(documents, folder / f"{name}.parquet")
        _write_json({name: asdict(counts) for name, counts in statistics.items()}, folder / "statistics.json")
        if defects:
            _write_json(defects, folder / "defects.json")
    for name, counts in defects.items():
        found = ", ".join(f"{defect.replace('_', ' ')}: {number:,}" for defect, number in counts.items() if number)
        read = counted(len(files[name].documents), "document")
        print(f"{raw / name}: {read}{f' ({found})' if found else ''}", flush=True)
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


def _defects(files: dict[str, CorpusFile], in_another_file: dict[str, int]) -> dict[str, dict[str, int]]:
    defects = {}
    for name, file in files.items():
        elsewhere = in_another_file.get(name, 0)
        if file.defects is not None or elsewhere:
            defects[name] = {**(file.defects or {}), "documents_in_another_file": elsewhere}
    return defects


def _write_json(content: Any, path: Path) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
