"""What 8-bit integers and torch.compile would do to a frozen encoder's speed and to F1 on dev.

python -m benchmarks.encoder_options
"""

import statistics
import time
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal, get_args

import torch
import typer
from torch import nn

from benchmarks import report
from benchmarks.dev_f1 import dev_f1
from benchmarks.measuring import in_child, prepare_environment
from glre import paths
from glre.documents.table import read_documents
from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.transformer.layers import layer_stack
from glre.encoding.word_inputs import state_inputs
from glre.encoding.word_source import ComputedStates
from glre.errors import InputError, errors_reported
from glre.grid.params import read_settings
from glre.settings import Arithmetic, PretrainedEncoder
from glre.systems.registry import network_type
from glre.systems.scoring import score
from glre.systems.split import StepLimits, make_split
from glre.systems.trained import load_model, load_settings

Way = Literal["float32", "bfloat16", "int8", "compiled"]

_TITLES: dict[Way, str] = {
    "float32": "float32",
    "bfloat16": "bfloat16",
    "int8": "int8: `torch.ao.quantization.quantize_dynamic` of its linear layers",
    "compiled": "bfloat16, its layers under `torch.compile(dynamic=True)`",
}


@dataclass(frozen=True)
class Task:
    """Models of one setting, the documents they are compared on, and a way to compute their encoder."""

    models: tuple[Path, ...]
    dev: Path
    way: Way
    repeats: int
    threads: int


@dataclass(frozen=True)
class Row:
    """Words per second of tokenizer and encoder, seconds until it is ready, and each seed's F1 on dev as a fraction."""

    way: Way
    speed: float
    ready: float
    f1: list[float]


def main(
    models: Annotated[Path, typer.Option(help="The folder of an experiment's models, by seed.")] = Path(
        "models/cdr/glre"
    ),
    repeats: Annotated[int, typer.Option(help="Times that encoding is measured; the fastest counts.")] = 3,
    threads: Annotated[int, typer.Option(help="Processor threads.")] = 2,
) -> None:
    """Encode dev in each way, score it with every seed; write docs/benchmarks/encoder_options.json and its table.

    Example: python -m benchmarks.encoder_options --repeats 1
    """
    environment = prepare_environment(read_settings().launch, threads)
    made_by = report.origin("benchmarks.encoder_options", environment)
    folders = tuple(sorted(models.glob("seed-*")))
    if not folders:
        raise InputError(str(models), "no folder seed-*", "models as `glre train` writes them")
    dataset = models.resolve().parent.name
    rows = [
        in_child(measure, Task(folders, paths.documents(dataset, "dev"), way, repeats, threads))
        for way in get_args(Way)
    ]
    report.write_results(report.FOLDER / "encoder_options.json", made_by, {"rows": [asdict(row) for row in rows]})
    report.write_block("encoder_options", _page(rows, dataset, made_by))


def measure(task: Task) -> Row:
    """Encode dev, and score its documents from the states."""
    warnings.simplefilter("ignore")  # quantize_dynamic is to be replaced by another library
    torch.set_num_threads(task.threads)
    settings_of = {folder: load_settings(folder) for folder in task.models}
    encoder = settings_of[task.models[0]].words.encoder
    if not isinstance(encoder, PretrainedEncoder):
        raise InputError(str(task.models[0]), "word vectors", "a model with a frozen encoder")
    precision: Arithmetic = "bfloat16" if task.way in ("bfloat16", "compiled") else "float32"
    frozen = FrozenEncoder(encoder.model_copy(update={"precision": precision}))
    if task.way == "int8":
        torch.ao.quantization.quantize_dynamic(  # type: ignore[no-untyped-call]
            frozen.model, {nn.Linear}, dtype=torch.qint8, inplace=True
        )
    if task.way == "compiled":
        for layer in layer_stack(frozen.model):
            layer.compile(dynamic=True)
    dev = read_documents(task.dev)
    seconds = []
    for _ in range(1 + task.repeats):
        began = time.perf_counter()
        states = frozen.states(dev)
        seconds.append(time.perf_counter() - began)
    first, fastest = seconds[0], min(seconds[1:])
    inputs = state_inputs(states, dev)
    f1 = []
    for folder, settings in settings_of.items():
        model = load_model(folder, settings, ComputedStates(settings.words, frozen))
        network = network_type(settings.model.system)
        split = make_split(network, dev, inputs, settings.candidates, settings.relations)
        scores = score(model.scorer, split, range(len(dev)), StepLimits(16, 16_384, 32_768))
        f1.append(dev_f1(dev, scores, settings))
    return Row(task.way, len(states) / fastest, first - fastest, f1)


def _page(rows: list[Row], dataset: str, made_by: report.Origin) -> str:
    exact = rows[0]
    lines = [
        [
            _TITLES[row.way],
            f"{row.speed:,.0f}",
            f"{row.speed / exact.speed:.2f}",
            f"{row.ready:.0f} s",
            *(f"{100 * f1:.2f}" for f1 in row.f1),
            f"{100 * (statistics.mean(row.f1) - statistics.mean(exact.f1)):+.2f}",
        ]
        for row in rows
    ]
    seeds = [f"F1 {number}" for number in range(1, len(exact.f1) + 1)]
    return "\n\n".join(
        [
            made_by.sentence(),
            f"Tokenizer and encoder over {dataset}'s dev split, and dev F1 of each model at its own threshold. "
            "What comes before the first document is the compiler's time.",
            report.table(["encoder", "words/s", "times float32", "before", *seeds, "mean F1"], lines),
        ]
    )


if __name__ == "__main__":
    with errors_reported():
        typer.run(main)
