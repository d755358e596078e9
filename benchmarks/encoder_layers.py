"""Which layer of the frozen encoder, or which learned mix of layers, makes the best features on dev.

python -m benchmarks.encoder_layers --epochs 40
"""

import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import torch
import typer
from pydantic import TypeAdapter

from benchmarks import report
from benchmarks.measuring import in_child, prepare_environment
from benchmarks.workloads import Setting, Workload, default_setting, encoded
from glre import paths
from glre.documents.table import read_documents
from glre.encoding.transformer.location import encoder_identity
from glre.encoding.word_inputs import StateInputs
from glre.encoding.word_source import CachedStates
from glre.errors import InputError, errors_reported
from glre.grid.params import read_settings
from glre.progress import progress
from glre.systems.split import Split
from glre.systems.trained import new_scorer
from glre.training.checkpoint import code_hash, fingerprint
from glre.training.loop import new_trainee, train
from glre.training.processes import Processes

_RESULTS = report.FOLDER / "encoder_layers.json"


@dataclass(frozen=True)
class Row:
    """The best epoch of one training on layers `first` to `last`, under learned weights where they are several.

    `epochs` is how many it took of `limit`. `made_from` tells code, settings and documents from others.
    """

    first: int
    last: int
    seed: int
    limit: int
    epochs: int
    best_epoch: int
    dev_f1: float
    made_from: str


@dataclass(frozen=True)
class Task:
    """One training, on some of the layers that the hidden states hold (all, from layer 1 on)."""

    first: int
    last: int
    seed: int
    setting: Setting
    train: Workload
    dev: Workload
    threads: int
    made_from: str


def main(
    dataset: Annotated[str, typer.Option(help="A dataset that `glre preprocess` has run on.")] = "cdr",
    layers: Annotated[str, typer.Option(help="Layers, and mixes of layers, to train on.")] = "1,2,3,4,5,6,3-5,1-6",
    epochs: Annotated[int, typer.Option(help="Most epochs; params.yaml has the patience.")] = 40,
    seed: Annotated[int, typer.Option(help="Seed of weights and batches.")] = 1,
    documents: Annotated[int, typer.Option(help="Documents of train, and of dev; 0 for all.")] = 0,
    threads: Annotated[int, typer.Option(help="Processor threads of a training.")] = 1,
    jobs: Annotated[int, typer.Option(min=1, help="Trainings at once.")] = 1,
) -> None:
    """Train the default setting on each choice of layers; write best dev F1 to docs/benchmarks and its page.

    The encoder runs once, and the test split is never read. Results are written as they come: what is there from the
    same options is not trained again, and other seeds are added.

    Example: python -m benchmarks.encoder_layers --layers 4,3-5 --seed 2 --jobs 2
    """
    environment = prepare_environment(read_settings().launch, threads)
    made_by = report.origin("benchmarks.encoder_layers", environment)
    choices = [_choice(text) for text in layers.split(",")]
    setting = _setting(dataset, epochs, max(last for _, last in choices))
    tables = [paths.documents(dataset, split) for split in ("train", "dev")]
    splits = [read_documents(table)[: documents or None] for table in tables]
    identity = encoder_identity(setting.encoder)
    made_from = fingerprint(
        code_hash(setting.model.system),
        setting.model,
        setting.training,
        identity,
        *(d.id for split in splits for d in split),
    )[:16]
    rows = [row for row in _read() if row.made_from == made_from]
    with tempfile.TemporaryDirectory() as folder:
        train_states, dev_states = (
            encoded(split, setting, Path(folder) / str(number)) for number, split in enumerate(splits)
        )
        done = {(row.first, row.last) for row in rows if row.seed == seed}
        tasks = [
            Task(first, last, seed, setting, train_states, dev_states, threads, made_from)
            for first, last in choices
            if (first, last) not in done
        ]
        with ThreadPoolExecutor(jobs) as workers:
            for row in workers.map(partial(in_child, best_epoch), tasks):
                rows.append(row)
                rows.sort(key=lambda row: (row.last - row.first, row.first, row.seed))
                report.write_results(_RESULTS, made_by, {"rows": [asdict(row) for row in rows]})
    report.write_block("encoder_layers", _page(rows, len(splits[0]), dataset, made_by))


def best_epoch(task: Task) -> Row:
    """Train one model; dev chooses the epoch."""
    torch.set_num_threads(task.threads)
    setting, chosen = task.setting, range(task.first, task.last + 1)
    splits = [_split(workload, setting, chosen) for workload in (task.train, task.dev)]
    words = task.train.source(setting).description.model_copy(update={"layers": tuple(chosen)})
    torch.manual_seed(task.seed)
    model = new_scorer(setting.model, CachedStates(words, task.train.features), len(setting.relations))
    trainee = new_trainee(model, setting.training, None, task.seed)
    with progress(f"layers {_title(task.first, task.last)}", setting.training.epochs, "epoch") as bar:
        for record in train(trainee, splits[0], splits[1], setting.relations, setting.training, Processes()):
            bar.advance(note=f"loss {record.loss:.3f}, dev F1 {100 * record.dev_f1:.1f}")
    last = trainee.history[-1]
    return Row(
        first=task.first,
        last=task.last,
        seed=task.seed,
        limit=setting.training.epochs,
        epochs=last.epoch,
        best_epoch=last.best_epoch,
        dev_f1=last.best_dev_f1,
        made_from=task.made_from,
    )


def _setting(dataset: str, epochs: int, deepest: int) -> Setting:
    setting = default_setting(dataset)
    return replace(
        setting,
        training=setting.training.model_copy(update={"epochs": epochs}),
        encoder=setting.encoder.model_copy(update={"layers": tuple(range(1, deepest + 1))}),
    )


def _split(workload: Workload, setting: Setting, layers: range) -> Split:
    split = workload.split(setting)
    assert isinstance(split.inputs, StateInputs)
    states = split.inputs.states[:, layers.start - 1 : layers.stop - 1]
    return replace(split, inputs=replace(split.inputs, states=states))


def _choice(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    if first.isdigit() and (last or first).isdigit() and 1 <= int(first) <= int(last or first):
        return int(first), int(last or first)
    raise InputError("--layers", repr(text), "a layer from 1 on (4), or the first and last of a mix (3-5)")


def _title(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}, learned mix"


def _read() -> list[Row]:
    if not _RESULTS.is_file():
        return []
    return TypeAdapter(list[Row]).validate_python(json.loads(_RESULTS.read_text(encoding="utf-8"))["rows"])


def _page(rows: Sequence[Row], documents: int, dataset: str, made_by: report.Origin) -> str:
    header = ("layers", "seed", "best dev F1", "in epoch", "epochs trained", "at most")
    lines = [
        [
            _title(row.first, row.last),
            str(row.seed),
            f"{100 * row.dev_f1:.1f}",
            str(row.best_epoch),
            str(row.epochs),
            str(row.limit),
        ]
        for row in rows
    ]
    trained = f"Trained on {documents} documents of {dataset}; the test split was not read."
    return "\n\n".join([made_by.sentence(), trained, report.table(header, lines)])


if __name__ == "__main__":
    with errors_reported():
        typer.run(main)
