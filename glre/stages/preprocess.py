"""From a dataset's files to one Parquet table of documents for each split, and their statistics."""

import json
from dataclasses import asdict
from pathlib import Path

from glre import paths
from glre.corpora.hypernyms import leave_out_hypernyms, read_mesh_tree
from glre.corpora.pubtator import read_pubtator
from glre.corpora.splits import split_documents
from glre.corpora.statistics import Statistics, count
from glre.documents import Document, write_documents
from glre.files import written_whole
from glre.progress import progress
from glre.settings import Dataset, read_settings
from glre.tracking import StageIdentity, stage_run


def run(dataset: str) -> dict[str, Statistics]:
    """Write data/processed/<dataset>/{<split>.parquet, statistics.json}, the folder replaced as a whole."""
    settings = read_settings().dataset(dataset)
    raw = paths.raw(dataset)
    parameters = settings.model_dump(mode="json", exclude={"files", "settings", "description"})
    with stage_run(StageIdentity("preprocess", dataset), parameters, [raw]) as tracked:
        statistics = _preprocess(dataset, settings, raw)
        tracked.log_nested_metrics({split: asdict(counts) for split, counts in statistics.items()})
        tracked.log_artifact(paths.processed(dataset) / "statistics.json")
    return statistics


def _preprocess(dataset: str, settings: Dataset, raw: Path) -> dict[str, Statistics]:
    splits = split_documents(settings, _read(settings, raw), raw)
    if settings.hypernyms:
        tree = read_mesh_tree(raw / settings.hypernyms)
        splits = {
            split: [leave_out_hypernyms(document, settings.candidates, tree) for document in documents]
            for split, documents in splits.items()
        }
    statistics = {split: count(documents, settings.candidates) for split, documents in splits.items()}
    with written_whole(paths.processed(dataset)) as folder:
        for split, documents in splits.items():
            write_documents(documents, folder / f"{split}.parquet")
        text = json.dumps({split: asdict(counts) for split, counts in statistics.items()}, indent=2)
        (folder / "statistics.json").write_text(text + "\n", encoding="utf-8")
    return statistics


def _read(settings: Dataset, raw: Path) -> dict[str, list[Document]]:
    names = sorted({part.file for parts in settings.splits.values() for part in parts})
    documents = {}
    with progress("reading", total=len(names), unit="files") as tracker:
        for name in names:
            documents[name] = read_pubtator(raw / name, settings.relations)
            tracker.advance(note=name)
    return documents
