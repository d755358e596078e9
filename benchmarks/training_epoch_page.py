"""Tables and plots of what `benchmarks.training_epoch` found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks import report
from benchmarks.formulations import TITLES, Name, StepCost
from benchmarks.measuring import Cost
from benchmarks.plain.agreement import Agreement

_COLOURS: dict[Name, str] = {"glre": "#0072b2", "plain_cached": "#e69f00", "plain": "#d55e00"}
_MARKS: dict[Name, str] = {"glre": "o", "plain_cached": "s", "plain": "^"}


@dataclass(frozen=True)
class EpochRow:
    """Training steps of one formulation on the same batches as of the others; medians over repetitions.

    `cost` is None where memory did not suffice.
    """

    formulation: Name
    batches: int
    batches_of_epoch: int
    cost: Cost | None


@dataclass(frozen=True)
class SeriesRow:
    """A training step on one document; `varied` is what the series varies. `cost` as above."""

    varied: str
    words: int
    entities: int
    mentions: int
    pairs: int
    formulation: Name
    cost: StepCost | None


@dataclass(frozen=True)
class Results:
    """All that one run found; `allowed` is the memory that a formulation might take, in bytes."""

    corpus: str
    agreement: Agreement
    epoch: list[EpochRow]
    series: list[SeriesRow]
    allowed: int


def page(results: Results, made_by: report.Origin) -> str:
    """Everything that docs/benchmarks.md shows of the results."""
    agreed = results.agreement
    parts = [
        made_by.sentence(),
        f"Largest differences between the two on {agreed.documents} documents of {results.corpus}, with the same "
        f"weights: {agreed.logits:.1e} of a logit from the same hidden states, {agreed.states:.1e} of a hidden state, "
        f"{agreed.logits_end_to_end:.1e} of a logit when each reads its own states (the package's are kept in half "
        "precision).",
        f"**Epoch** ({results.corpus})",
        _epoch_table(results.epoch),
        "**A training step on one generated document**",
    ]
    for varied in ("words", "entities", "mentions"):
        rows = [row for row in results.series if row.varied == varied]
        if rows:
            parts += [f"By {varied}:", _series_table(rows, results.allowed)]
    parts += [_linearity([row for row in results.series if row.varied == "mentions"])]
    parts += [f"![Time and memory of a training step]({report.FOLDER.name}/training_step.svg)"]
    return "\n\n".join(part for part in parts if part)


def draw(rows: Sequence[SeriesRow]) -> None:
    """Plot time and memory of the series to docs/benchmarks/training_step.svg."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    varied = [name for name in ("words", "entities", "mentions") if any(row.varied == name for row in rows)]
    figure = Figure(figsize=(3.2 * len(varied), 5.4))
    axes = figure.subplots(2, len(varied), squeeze=False, sharex="col")
    for column, name in enumerate(varied):
        for formulation in TITLES:
            points = [
                (getattr(row, name), row.cost.seconds, row.cost.tensor_bytes / 1e6)
                for row in rows
                if row.varied == name and row.formulation == formulation and row.cost
            ]
            for axis, value in zip(axes[:, column], (1, 2), strict=True):
                if points:
                    axis.plot(
                        [point[0] for point in points],
                        [point[value] for point in points],
                        marker=_MARKS[formulation],
                        color=_COLOURS[formulation],
                        label=TITLES[formulation],
                    )
                axis.set_xscale("log", base=2)
                axis.set_yscale("log")
                axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
                axis.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
                axis.yaxis.set_minor_formatter(NullFormatter())
                axis.grid(alpha=0.3)
        ticks = sorted({getattr(row, name) for row in rows if row.varied == name})
        axes[1][column].set_xticks(ticks, [str(tick) for tick in ticks])
        axes[1][column].set_xlabel(f"{name} of the document")
    axes[0][0].set_ylabel("seconds")
    axes[1][0].set_ylabel("tensors held, MB")
    axes[0][0].legend(fontsize="small")
    report.write_plot(figure, report.FOLDER / "training_step.svg")


def _epoch_table(rows: Sequence[EpochRow]) -> str:
    ours = next(row.cost for row in rows if row.formulation == "glre")
    lines = []
    for row in rows:
        if row.cost is None or ours is None:
            lines.append([TITLES[row.formulation], "–", "–", "–", "–", "–", "out of memory", "–"])
            continue
        step = row.cost.seconds / row.batches
        lines.append(
            [
                TITLES[row.formulation],
                f"{step * row.batches_of_epoch:,.0f}",
                f"{step:.2f}",
                f"{row.cost.seconds / ours.seconds:.1f}",
                f"{row.cost.processor_seconds / row.batches:.2f}",
                f"{row.cost.processor_seconds / ours.processor_seconds:.1f}",
                report.megabytes(row.cost.resident_bytes),
                f"{row.cost.resident_bytes / ours.resident_bytes:.1f}",
            ]
        )
    header = (
        "formulation",
        f"seconds an epoch ({rows[0].batches_of_epoch} batches, {rows[0].batches} of them measured)",
        "seconds a batch",
        "times glre",
        "processor seconds a batch",
        "times glre",
        "peak memory, MB",
        "times glre",
    )
    return report.table(header, lines)


def _series_table(rows: Sequence[SeriesRow], allowed: int) -> str:
    names = [name for name in TITLES if any(row.formulation == name for row in rows)]
    by_size: dict[tuple[int, int, int, int], dict[Name, StepCost | None]] = {}
    for row in rows:
        size = (row.words, row.entities, row.mentions, row.pairs)
        by_size.setdefault(size, {})[row.formulation] = row.cost
    lines = []
    for size, costs in by_size.items():
        seconds = [f"{cost.seconds:.2f}" if (cost := costs[name]) else "–" for name in names]
        over = f"over {report.megabytes(allowed)}"
        memory = [report.megabytes(cost.tensor_bytes) if (cost := costs[name]) else over for name in names]
        ours, plain = costs["glre"], costs[names[-1]]
        ratio = f"{plain.seconds / ours.seconds:.1f}" if ours and plain else "–"
        lines.append([*(f"{number:,}" for number in size), *seconds, ratio, *memory])
    header = ["words", "entities", "mentions", "pairs"]
    header += [f"{TITLES[name]}: seconds" for name in names]
    header += [f"{TITLES[names[-1]]} / glre"]
    header += [f"{TITLES[name]}: MB" for name in names]
    return report.table(header, lines)


def _linearity(rows: Sequence[SeriesRow]) -> str:
    """How far each formulation's memory is from a straight line over mentions."""
    sentences = []
    for name in TITLES:
        points = [(row.mentions, row.cost.tensor_bytes) for row in rows if row.formulation == name and row.cost]
        if len(points) < 3:
            continue
        mentions, memory = np.array(points, dtype=float).T
        slopes = np.diff(memory) / np.diff(mentions)
        sentences.append(
            f"{TITLES[name]}: from one size to the next, each further mention takes "
            f"{', '.join(f'{slope / 1e3:,.0f}' for slope in slopes)} kB."
        )
    return " ".join(sentences)
