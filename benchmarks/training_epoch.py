"""A training epoch and training steps of the package against the plain formulation: time and peak memory.

python -m benchmarks.training_epoch --batches 8
"""

import statistics
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer

from benchmarks import report
from benchmarks.formulations import Name, Task, build, epoch_cost, step_cost
from benchmarks.measuring import Cost, in_child, prepare_environment
from benchmarks.plain.agreement import Agreement, agreement
from benchmarks.training_epoch_page import EpochRow, Results, SeriesRow, draw, page
from benchmarks.workloads import Setting, Workload, encoded, generated_document, training_split, with_mentions
from glre.documents.candidates import candidate_pairs
from glre.documents.document import Document
from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.errors import InputError, errors_reported
from glre.grid.params import read_settings
from glre.progress import Tracker, progress
from glre.systems.network import Scorer
from glre.training.batches import epoch_batches

_ALL: tuple[Name, ...] = ("glre", "plain_cached", "plain")
_WITHOUT_ENCODER: tuple[Name, ...] = ("glre", "plain_cached")
_TOLERANCE = 1e-4
"""Largest difference of a logit that is let pass, given the same hidden states."""
_COMPARED = 8
_WORDS, _ENTITIES, _FEW_ENTITIES = 1000, 20, 10
"""Size of a generated document where a series does not vary it; the shortest has no room for more than a few."""


@dataclass(frozen=True)
class Limits:
    """Threads and bytes of memory that a measured process may use."""

    threads: int
    allowed: int


def main(
    dataset: Annotated[
        str, typer.Option(help="Whose training split; the sample corpus where it is not there.")
    ] = "cdr",
    batches: Annotated[int, typer.Option(help="Batches of the epoch to measure; 0 for all.")] = 0,
    repeats: Annotated[int, typer.Option(help="Times that these are measured; the median counts.")] = 3,
    threads: Annotated[int, typer.Option(help="Processor threads.")] = 1,
    memory: Annotated[float, typer.Option(help="GB that a measured process may take.")] = 8.0,
    words: Annotated[str, typer.Option(help="Lengths of generated documents.")] = "250,500,1000,2000,4000",
    entities: Annotated[str, typer.Option(help="Entities of generated documents.")] = "10,20,40,80",
    mentions: Annotated[str, typer.Option(help="Mentions of a generated document.")] = "300,600,1200,2400,4800",
) -> None:
    """Measure training; write docs/benchmarks/training_epoch.json, a plot, and the tables of docs/benchmarks.md.

    Example: python -m benchmarks.training_epoch --batches 8
    """
    limits = Limits(threads, int(memory * 1e9))
    environment = prepare_environment(read_settings().launch, threads)
    torch.set_num_threads(threads)
    made_by = report.origin("benchmarks.training_epoch", environment)
    documents = _documents(report.numbers(words), report.numbers(entities), report.numbers(mentions))
    with tempfile.TemporaryDirectory() as folder:
        corpus, setting = training_split(dataset, Path(folder) / "corpus")
        epoch = _batches(corpus, setting)
        agreed = _agreement(corpus, setting, epoch[0][:_COMPARED])
        generated = encoded([document for _, document in documents], setting, Path(folder) / "generated")
        processes = repeats * len(_ALL) + sum(len(_formulations(varied)) for varied, _ in documents)
        with progress("measuring", processes, "measurement") as bar:
            rows = _epoch(corpus, setting, epoch, batches or len(epoch), repeats, limits, bar)
            series = _series(generated, documents, setting, limits, bar)
    name = f"the training split of {dataset if corpus.documents.is_relative_to('data') else 'the sample corpus'}"
    results = Results(name, agreed, rows, series, limits.allowed)
    report.write_results(report.FOLDER / "training_epoch.json", made_by, asdict(results))
    draw(results.series)
    report.write_block("training_epoch", page(results, made_by))


def _batches(workload: Workload, setting: Setting) -> list[tuple[int, ...]]:
    """The batches of a first epoch, by the numbers of their documents."""
    generator = np.random.default_rng(1)
    batches = epoch_batches(workload.split(setting), setting.training.batch_size, generator)
    return [tuple(numbers) for numbers in batches]


def _agreement(workload: Workload, setting: Setting, numbers: tuple[int, ...]) -> Agreement:
    """Compare the formulations; InputError where they are not the same function."""
    split, encoder = workload.split(setting), FrozenEncoder(setting.encoder)
    package = build("glre", split, setting, workload.source(setting))
    assert isinstance(package.model, Scorer)
    found = agreement(split, numbers, package.model, setting.model, encoder)
    if found.logits > _TOLERANCE:
        raise InputError("the plain formulation", f"logits that differ by {found.logits:.1e}", f"at most {_TOLERANCE}")
    return found


def _documents(words: list[int], entities: list[int], mentions: list[int]) -> list[tuple[str, Document]]:
    """The generated documents, each with what its series varies."""
    base = generated_document(_WORDS, _ENTITIES)
    return [
        *(("words", generated_document(number, _FEW_ENTITIES)) for number in words),
        *(("entities", generated_document(_WORDS, number)) for number in entities),
        *(("mentions", with_mentions(base, number)) for number in mentions),
    ]


def _formulations(varied: str) -> tuple[Name, ...]:
    # What the encoder takes does not depend on mentions.
    return _WITHOUT_ENCODER if varied == "mentions" else _ALL


def _epoch(
    workload: Workload,
    setting: Setting,
    epoch: list[tuple[int, ...]],
    batches: int,
    repeats: int,
    limits: Limits,
    bar: Tracker,
) -> list[EpochRow]:
    """Medians over repetitions; the formulations take turns, so that a busy machine slows all of them."""
    costs: dict[Name, list[Cost | None]] = {name: [] for name in _ALL}
    for _ in range(repeats):
        for name, found in costs.items():
            task = Task(name, workload, setting, tuple(epoch[:batches]), limits.threads, limits.allowed)
            found.append(in_child(epoch_cost, task))
            bar.advance(note=f"epoch, {name}")
    return [
        EpochRow(name, len(epoch[:batches]), len(epoch), _median([cost for cost in found if cost]))
        for name, found in costs.items()
    ]


def _median(costs: list[Cost]) -> Cost | None:
    if not costs:
        return None
    return Cost(
        seconds=statistics.median(cost.seconds for cost in costs),
        processor_seconds=statistics.median(cost.processor_seconds for cost in costs),
        resident_bytes=round(statistics.median(cost.resident_bytes for cost in costs)),
    )


def _series(
    workload: Workload, documents: list[tuple[str, Document]], setting: Setting, limits: Limits, bar: Tracker
) -> list[SeriesRow]:
    rows = []
    for number, (varied, document) in enumerate(documents):
        for name in _formulations(varied):
            task = Task(name, workload, setting, ((number,),), limits.threads, limits.allowed)
            cost = in_child(step_cost, task)
            rows.append(
                SeriesRow(
                    varied=varied,
                    words=document.words,
                    entities=len(document.entities),
                    mentions=sum(len(entity.mentions) for entity in document.entities),
                    pairs=len(candidate_pairs(document, setting.candidates)),
                    formulation=name,
                    cost=cost,
                )
            )
            bar.advance(note=f"{document.words} words, {len(document.entities)} entities, {name}")
    return rows


if __name__ == "__main__":
    with errors_reported():
        typer.run(main)
