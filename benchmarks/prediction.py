"""Documents per second of prediction against a plain loop, and what the encoder's precision does to scores and F1.

python -m benchmarks.prediction
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer

from benchmarks import report
from benchmarks.measuring import in_child, prepare_environment
from benchmarks.plain.prediction import PlainPredictor
from benchmarks.prediction_page import Accuracy, Results, Row, Way, page
from glre import paths
from glre.documents import Document, read_documents
from glre.errors import InputError, errors_reported
from glre.evaluation.predictions import predictions_table
from glre.evaluation.summary import metrics_by_seed
from glre.evaluation.training_facts import training_facts
from glre.inference.options import Options, Precision
from glre.inference.predictor import Predictor
from glre.settings import read_settings

_WINDOW_WORDS = 350
"""Documents up to here fit the encoder's window, so that the plain loop, which cuts there, does the same work."""


@dataclass(frozen=True)
class Task:
    """A model, documents to predict, and documents with facts on which both precisions are compared."""

    model: Path
    documents: Path
    dev: Path
    count: int
    repeats: int
    threads: int


def main(
    model: Annotated[Path, typer.Option(help="A model folder of one seed.")] = Path("models/cdr/glre/seed-1"),
    count: Annotated[int, typer.Option(help="Documents of the test split, evenly spaced.")] = 200,
    repeats: Annotated[int, typer.Option(help="Times that each way is measured; the median counts.")] = 3,
    threads: Annotated[int, typer.Option(help="Processor threads.")] = 2,
) -> None:
    """Measure prediction; write docs/benchmarks/prediction.json and its table in docs/benchmarks.md.

    Example: python -m benchmarks.prediction --count 100
    """
    environment = prepare_environment(read_settings().launch, threads)
    made_by = report.origin("benchmarks.prediction", environment)
    dataset = model.resolve().parent.parent.name
    documents, dev = paths.documents(dataset, "test"), paths.documents(dataset, "dev")
    results = in_child(measure, Task(model, documents, dev, count, repeats, threads))
    report.write_results(report.FOLDER / "prediction.json", made_by, asdict(results))
    report.write_block("prediction", page(results, made_by))


def measure(task: Task) -> Results:
    """The medians over all repetitions; the ways take turns, so that a busy machine slows all of them."""
    torch.set_num_threads(task.threads)
    documents = [document for document in read_documents(task.documents) if document.words <= _WINDOW_WORDS]
    documents = documents[:: max(1, len(documents) // task.count)][: task.count]
    exact = Predictor.load(task.model, Options(precision=Precision.FLOAT32))
    faster = Predictor.load(task.model, Options(precision=Precision.BFLOAT16))
    plain = PlainPredictor(exact.model)
    ways: dict[Way, Callable[[], object]] = {
        "plain": lambda: list(plain.scores(documents)),
        "float32": lambda: exact(documents),
        "bfloat16": lambda: faster(documents),
    }
    _agree(plain, exact, documents[:8])
    seconds: dict[Way, list[float]] = {way: [] for way in ways}
    for _ in range(task.repeats):
        for way, work in ways.items():
            began = time.perf_counter()
            work()
            seconds[way].append(time.perf_counter() - began)
    words = sum(document.words for document in documents)
    return Results(
        dataset=exact.model.settings.dataset,
        mean_words=words / len(documents),
        rows=[Row(way, len(documents), statistics.median(taken)) for way, taken in seconds.items()],
        accuracy=_accuracy(exact, faster, read_documents(task.dev)),
    )


def _agree(plain: PlainPredictor, predictor: Predictor, documents: list[Document]) -> None:
    for found, expected in zip(plain.scores(documents), predictor.scores(documents), strict=True):
        furthest = float(np.abs(found.numpy() - expected.scores).max(initial=0))
        if furthest > 1e-3:
            raise InputError(f"document {expected.document_id!r}", f"scores {furthest:.4f} apart", "the same from both")


def _accuracy(exact: Predictor, faster: Predictor, dev: list[Document]) -> Accuracy:
    settings = exact.model.settings
    own, other = exact.scores(dev), faster.scores(dev)
    apart = np.concatenate([np.abs(a.scores - b.scores).ravel() for a, b in zip(own, other, strict=True)])
    f1 = []
    for scores in (own, other):
        table = predictions_table(
            dev,
            scores,
            settings.relations,
            split="dev",
            seed=settings.seed,
            threshold=settings.threshold,
            training=training_facts([]),
        )
        by_seed = metrics_by_seed(table, {settings.seed: settings.threshold}, settings.relations)
        f1.append(float(by_seed["f1"].iloc[0]))
    return Accuracy(float32=f1[0], bfloat16=f1[1], largest=float(apart.max()), usual=float(np.quantile(apart, 0.99)))


if __name__ == "__main__":
    with errors_reported():
        typer.run(main)
