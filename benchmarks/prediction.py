"""Documents per second of prediction against a plain loop, and what the encoder's precision does to scores and F1.

python -m benchmarks.prediction
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer

from benchmarks import report
from benchmarks.bulk_documents import generated_shards, write_generated
from benchmarks.dev_f1 import dev_f1
from benchmarks.measuring import in_child, prepare_environment
from benchmarks.plain.prediction import PlainPredictor
from benchmarks.prediction_page import Accuracy, Results, Row, Way, Workload, page
from glre import paths
from glre.bulk.workers.predicting import DocumentPredictor, ModelLoad
from glre.documents.document import Document
from glre.documents.table import read_documents
from glre.errors import InputError, errors_reported
from glre.grid.params import read_settings
from glre.memory import leave_out_of_collections
from glre.prediction.options import Options, Precision
from glre.prediction.predictor import Predictor

_WINDOW_WORDS = 350
"""Documents up to here fit the encoder's window, so that the plain loop, which cuts there, does the same work."""


@dataclass(frozen=True)
class Task:
    """A model, documents to predict with their name, times that each way is measured, processor threads."""

    model: Path
    name: str
    documents: Sequence[Document]
    repeats: int
    threads: int


@dataclass(frozen=True)
class Compared:
    """A model, and the dev split on which both precisions are compared."""

    model: Path
    dev: Path


def main(
    model: Annotated[Path, typer.Option(help="A model folder of one seed.")] = Path("models/cdr/glre/seed-1"),
    count: Annotated[int, typer.Option(help="Documents of its test split, evenly spaced.")] = 200,
    short_model: Annotated[Path, typer.Option(help="A model folder of one seed for generated documents.")] = Path(
        "models/sample/glre/seed-1"
    ),
    short_count: Annotated[int, typer.Option(help="Generated documents, as `benchmarks.bulk` has them.")] = 600,
    repeats: Annotated[int, typer.Option(help="Times that each way is measured; the median counts.")] = 3,
    threads: Annotated[int, typer.Option(help="Processor threads, or processes.")] = 2,
) -> None:
    """Measure prediction; write docs/benchmarks/prediction.json and its table in docs/benchmarks.md.

    Example: python -m benchmarks.prediction --count 100
    """
    environment = prepare_environment(read_settings().launch, threads)
    made_by = report.origin("benchmarks.prediction", environment)
    dataset = model.resolve().parent.parent.name
    tasks = [
        Task(
            short_model, "generated documents, as of bulk prediction below", _generated(short_count), repeats, threads
        ),
        Task(model, f"{dataset}'s test split", _fitting(paths.documents(dataset, "test"), count), repeats, threads),
    ]
    workloads = [in_child(measure, task) for task in tasks]
    results = Results(workloads, dataset, in_child(accuracy, Compared(model, paths.documents(dataset, "dev"))))
    report.write_results(report.FOLDER / "prediction.json", made_by, asdict(results))
    report.write_block("prediction", page(results, made_by))


def _generated(count: int) -> list[Document]:
    with tempfile.TemporaryDirectory() as folder:
        (shard,) = generated_shards(Path(folder), count, count, "parquet")
        write_generated(shard)
        return list(read_documents(shard.path))


def _fitting(path: Path, count: int) -> list[Document]:
    documents = [document for document in read_documents(path) if document.words <= _WINDOW_WORDS]
    return documents[:: max(1, len(documents) // count)][:count]


def measure(task: Task) -> Workload:
    """The medians over all repetitions; the ways take turns, so that a busy machine slows all of them."""
    torch.set_num_threads(task.threads)
    documents = task.documents
    exact = Predictor.load(task.model, Options(precision=Precision.FLOAT32))
    faster = Predictor.load(task.model, Options(precision=Precision.BFLOAT16))
    plain = PlainPredictor(exact.model)
    _agree(plain, exact, documents[:8])
    leave_out_of_collections()
    shares = [Share(task.model, documents[number :: task.threads]) for number in range(task.threads)]
    with ProcessPoolExecutor(task.threads, get_context("spawn")) as pool:
        ways: dict[Way, Callable[[], object]] = {
            "plain": lambda: list(plain.scores(documents)),
            "float32": lambda: exact(documents),
            "bfloat16": lambda: faster(documents),
            "processes": lambda: list(pool.map(_predict, shares)),
        }
        ways["processes"]()  # which only then have loaded their models
        seconds: dict[Way, list[float]] = {way: [] for way in ways}
        for _ in range(task.repeats):
            for way, work in ways.items():
                began = time.perf_counter()
                work()
                seconds[way].append(time.perf_counter() - began)
    return Workload(
        documents=task.name,
        mean_words=sum(document.words for document in documents) / len(documents),
        rows=[Row(way, len(documents), statistics.median(taken)) for way, taken in seconds.items()],
    )


@dataclass(frozen=True)
class Share:
    """The documents of one process, and its model."""

    model: Path
    documents: Sequence[Document]


@cache
def _loaded(model: Path) -> DocumentPredictor:
    return ModelLoad(model, Options(precision=Precision.BFLOAT16))(1)


def _predict(share: Share) -> int:
    return sum(1 for _ in _loaded(share.model).stream(share.documents))


def _agree(plain: PlainPredictor, predictor: Predictor, documents: Sequence[Document]) -> None:
    for found, expected in zip(plain.scores(documents), predictor.scores(documents), strict=True):
        furthest = float(np.abs(found.numpy() - expected.scores).max(initial=0))
        if furthest > 1e-3:
            raise InputError(f"document {expected.document_id!r}", f"scores {furthest:.4f} apart", "the same from both")


def accuracy(task: Compared) -> Accuracy:
    """What bfloat16 changes on dev."""
    exact, faster = (
        Predictor.load(task.model, Options(precision=precision))
        for precision in (Precision.FLOAT32, Precision.BFLOAT16)
    )
    dev = read_documents(task.dev)
    settings = exact.model.settings
    own, other = exact.scores(dev), faster.scores(dev)
    apart = np.concatenate([np.abs(a.scores - b.scores).ravel() for a, b in zip(own, other, strict=True)])
    f1 = [dev_f1(dev, scores, settings) for scores in (own, other)]
    return Accuracy(float32=f1[0], bfloat16=f1[1], largest=float(apart.max()), usual=float(np.quantile(apart, 0.99)))


if __name__ == "__main__":
    with errors_reported():
        typer.run(main)
