"""Text and plot of what `benchmarks.bulk` found."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import report
from benchmarks.bulk_watch import Sample

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PARTS = 4


@dataclass(frozen=True)
class Results:
    """All that one benchmark found; `peaks` are the most resident bytes in each part of the shards, in order."""

    model: str
    documents: int
    shards: int
    workers: int
    seconds: float
    killed_at: list[int]
    found: int
    peaks: list[int]

    @property
    def speed(self) -> float:
        """Documents per second over all runs, what was lost by the kills and loading the model anew included."""
        return self.documents / self.seconds


def peaks_by_part(samples: Sequence[Sample], shards: int) -> list[int]:
    """The most bytes resident at once while each quarter of the shards was done, in order."""
    peaks = [0] * _PARTS
    for sample in samples:
        part = min(_PARTS - 1, _PARTS * sample.complete // shards)
        peaks[part] = max(peaks[part], sample.resident)
    return peaks


def page(results: Results, made_by: report.Origin) -> str:
    """Everything that docs/benchmarks.md shows of the results."""
    killed = " and ".join(str(complete) for complete in results.killed_at)
    rows = [[f"{number} of {_PARTS}", report.megabytes(peak)] for number, peak in enumerate(results.peaks, start=1)]
    return "\n\n".join(
        [
            made_by.sentence(),
            f"{results.documents:,} generated documents in {results.shards} shards, {results.workers} workers, the "
            f"model `{results.model}`: {results.speed:.1f} documents/s over all {results.seconds:,.0f} seconds. The "
            f"job was ended by `kill -9` when {killed} outputs were there, and started again. In the end the outputs "
            f"hold {results.found:,} documents, each once.",
            report.table(["quarter of the shards", "most resident in all processes, MB"], rows),
            "![Memory of a bulk job over time](benchmarks/bulk.svg)",
        ]
    )


def plot(samples: Sequence[Sample]) -> "Figure":
    """Resident memory over time: all processes, the largest worker, the process that hands out."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 3.5))
    minutes = [sample.seconds / 60 for sample in samples]
    for label, values in (
        ("all processes", [sample.resident for sample in samples]),
        ("largest worker", [sample.largest for sample in samples]),
        ("job", [sample.job for sample in samples]),
    ):
        axes.plot(minutes, [value / 1e6 for value in values], label=label, linewidth=1)
    for before, after in pairwise(samples):
        if before.run != after.run:
            axes.axvline(after.seconds / 60, color="grey", linestyle=":", linewidth=1)
    axes.set(xlabel="minutes (dotted: killed and started again)", ylabel="resident, MB", ylim=(0, None))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=3, frameon=False)
    return figure


def write_samples(samples: Sequence[Sample], path: Path) -> None:
    """Write them as CSV."""
    import pandas as pd

    pd.DataFrame(samples).round({"seconds": 1}).to_csv(path, index=False)
