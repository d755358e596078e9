"""Tables, verdicts and plots of what `benchmarks.document_size` found."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Literal

from benchmarks import report

Varied = Literal["entities", "words"]

PROMISED_ENTITIES = 60
PROMISED_BYTES = 4 * 2**30
"""What a process that trains on a document with so many entities may take in all."""

_TITLES = {False: "kept", True: "computed anew"}
_STYLES = {False: ("#0072b2", "o"), True: ("#d55e00", "s")}


@dataclass(frozen=True, slots=True)
class DocumentCost:
    """The fastest of some training steps, and bytes of memory.

    `forward_bytes` and `tensor_bytes`: the most that tensors took at once on the way forth, and in the whole step.
    `resident_bytes`: by how much resident memory grew at most, the optimiser's state included. `process_bytes`: the
    most that was resident, with program and weights.
    """

    seconds: float
    processor_seconds: float
    forward_bytes: int
    tensor_bytes: int
    resident_bytes: int
    process_bytes: int


@dataclass(frozen=True)
class Row:
    """A training step on one document; `cost` is None where memory did not suffice.

    `windows`: how many the encoder reads the document in. `checkpointing`: the encoder's activations are computed anew
    on the way back instead of being kept.
    """

    varied: Varied
    words: int
    subwords: int
    windows: int
    entities: int
    mentions: int
    pairs: int
    checkpointing: bool
    cost: DocumentCost | None


@dataclass(frozen=True)
class Results:
    """All that one run found; `negatives` is the share of N/A pairs asked for, `allowed` what a step might take."""

    dataset: str
    negatives: float
    rows: list[Row]
    allowed: int


@dataclass(frozen=True)
class Growth:
    """Bytes at three or more ascending sizes of a document."""

    sizes: tuple[int, ...]
    taken: tuple[int, ...]

    @property
    def per_further(self) -> list[float]:
        """Bytes for each further unit of size, from one size to the next."""
        points = zip(self.sizes, self.taken, strict=True)
        return [(after[1] - before[1]) / (after[0] - before[0]) for before, after in pairwise(points)]

    @property
    def last_ratio(self) -> float:
        """The last of these over the one before: 1 where memory is linear."""
        return self.per_further[-1] / self.per_further[-2]

    @property
    def square_ratio(self) -> float:
        """What the same would be if memory grew with the square of the size."""
        before, between, after = self.sizes[-3:]
        return (after + between) / (between + before)

    @property
    def linear(self) -> bool:
        """Whether memory grows no faster than linearly: the ratio is nearer to 1 than to that of a square."""
        return self.last_ratio < sqrt(self.square_ratio)

    def sentences(self, unit: str) -> str:
        """The growth in words, with the verdict."""
        taken = ", ".join(f"{size / 1e3:,.0f}" for size in self.per_further)
        return (
            f"from one size to the next, each further {unit} takes {taken} kB. The last is {self.last_ratio:.2f} times "
            f"the one before; growth with the square of {unit}s would make that {self.square_ratio:.2f} times. So "
            f"memory grows {'no faster' if self.linear else 'faster'} than linearly in {unit}s."
        )


def page(results: Results, made_by: report.Origin) -> str:
    """Everything that docs/benchmarks.md shows of the results."""
    by_entities = [row for row in results.rows if row.varied == "entities"]
    by_words = [row for row in results.rows if row.varied == "words"]
    parts = [
        made_by.sentence(),
        f"Settings of `{results.dataset}` and `glre`; relations are asked for of positive pairs and of "
        f"{100 * results.negatives:.0f} % of the others, all pairs are context.",
    ]
    if by_entities:
        held = _growth([(row.pairs, row.cost.forward_bytes) for row in by_entities if row.cost])
        parts += ["By entities, in the same text:", _table(by_entities, results.allowed)]
        parts += [f"Tensors on the way forth: {held.sentences('pair')}" if held else "", _promise(by_entities)]
    if by_words:
        parts += ["By words:", _table(by_words, results.allowed)]
        for checkpointing, title in _TITLES.items():
            rows = [row for row in by_words if row.checkpointing == checkpointing]
            grown = _growth([(row.words, row.cost.tensor_bytes) for row in rows if row.cost])
            parts += [f"Activations {title}: {grown.sentences('word')}" if grown else ""]
    parts += [f"![Memory and time of a training step]({report.FOLDER.name}/document_size.svg)"]
    return "\n\n".join(part for part in parts if part)


def draw(rows: Sequence[Row]) -> None:
    """Plot memory and time to docs/benchmarks/document_size.svg."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 5.4))
    axes = figure.subplots(2, 2, sharex="col", squeeze=False)
    for column, (varied, size) in enumerate((("entities", "pairs"), ("words", "words"))):
        for checkpointing, title in _TITLES.items():
            chosen = [row for row in rows if (row.varied, row.checkpointing) == (varied, checkpointing)]
            costs = [(getattr(row, size), row.cost) for row in chosen if row.cost]
            if not costs:
                continue
            colour, mark = _STYLES[checkpointing]
            sizes, label = [number for number, _ in costs], f"activations {title}"
            memory = [cost.tensor_bytes / 1e6 for _, cost in costs]
            axes[0][column].plot(sizes, memory, marker=mark, color=colour, label=label)
            seconds = [cost.processor_seconds for _, cost in costs]
            axes[1][column].plot(sizes, seconds, marker=mark, color=colour, label=label)
        axes[1][column].set_xlabel(f"{size} of the document")
        for axis in axes[:, column]:
            axis.set_xlim(left=0)
            axis.set_ylim(bottom=0)
            axis.grid(alpha=0.3)
    axes[0][0].set_ylabel("tensors held, MB")
    axes[1][0].set_ylabel("processor seconds")
    axes[0][1].legend(fontsize="small")
    report.write_plot(figure, report.FOLDER / "document_size.svg")


def _growth(points: Sequence[tuple[int, int]]) -> Growth | None:
    return Growth(*zip(*sorted(points), strict=True)) if len(points) > 2 else None


def _table(rows: Sequence[Row], allowed: int) -> str:
    lines = []
    for row in rows:
        size = [
            f"{number:,}" for number in (row.words, row.subwords, row.windows, row.entities, row.mentions, row.pairs)
        ]
        cost = row.cost
        memory = (
            [cost.forward_bytes, cost.tensor_bytes, cost.resident_bytes, cost.process_bytes] if cost is not None else []
        )
        figures = [report.megabytes(number) for number in memory] or [f"over {report.megabytes(allowed)}"] + ["–"] * 3
        lines.append(
            [*size, _TITLES[row.checkpointing], f"{cost.processor_seconds:.1f}" if cost is not None else "–", *figures]
        )
    header = ["words", "subwords", "windows", "entities", "mentions", "pairs", "activations", "processor seconds"]
    header += ["tensors on the way forth, MB", "in the whole step, MB", "resident growth, MB", "whole process, MB"]
    return report.table(header, lines)


def _promise(rows: Sequence[Row]) -> str:
    found = [row for row in rows if row.entities == PROMISED_ENTITIES]
    if not found:
        return ""
    row, promised = found[0], f"{PROMISED_BYTES / 2**30:.0f} GiB"
    document = f"the document with {row.entities} entities ({row.pairs:,} pairs, {row.words:,} words)"
    if row.cost is None:
        return f"Memory did not suffice for a process that trains on {document}."
    taken, kept = row.cost.process_bytes / 2**30, row.cost.process_bytes < PROMISED_BYTES
    return (
        f"A process that trains on {document} takes {taken:.1f} GiB in all, "
        f"{'less' if kept else 'not less'} than the {promised} promised."
    )
