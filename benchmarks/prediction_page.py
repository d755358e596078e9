"""Table of what `benchmarks.prediction` found."""

from dataclasses import dataclass
from typing import Literal

from benchmarks import report

Way = Literal["plain", "float32", "bfloat16", "processes"]

_TITLES: dict[Way, str] = {
    "plain": "plain loop, a document at a time",
    "float32": "glre predict --precision float32",
    "bfloat16": "glre predict --precision bfloat16",
    "processes": "the same in a process for each core, as with --workers",
}


@dataclass(frozen=True)
class Row:
    """`documents` predicted in `seconds`."""

    way: Way
    documents: int
    seconds: float

    @property
    def speed(self) -> float:
        """Documents per second."""
        return self.documents / self.seconds


@dataclass(frozen=True)
class Accuracy:
    """F1 on dev in both precisions, as fractions; how far apart scores are: the largest, and 99 % of them at most."""

    float32: float
    bfloat16: float
    largest: float
    usual: float


@dataclass(frozen=True)
class Workload:
    """One set of documents, predicted in every way."""

    documents: str
    mean_words: float
    rows: list[Row]


@dataclass(frozen=True)
class Results:
    """All that one run found; `accuracy` is that on `dataset`."""

    workloads: list[Workload]
    dataset: str
    accuracy: Accuracy


def page(results: Results, made_by: report.Origin) -> str:
    """Everything that docs/benchmarks.md shows of the results."""
    accuracy = results.accuracy
    parts = [
        made_by.sentence(),
        "Models are loaded before. The plain loop runs the same trained GLRE over transformers' AutoModel (all layers, "
        "float32), a document at a time; all documents fit the encoder's window, and its scores agree with ours to "
        "1e-3.",
    ]
    for workload in results.workloads:
        plain = next(row for row in workload.rows if row.way == "plain")
        lines = [[_TITLES[row.way], f"{row.speed:.1f}", f"{row.speed / plain.speed:.1f}"] for row in workload.rows]
        parts += [
            f"{plain.documents} documents of {workload.mean_words:.0f} words on average ({workload.documents}):",
            report.table(["way", "documents/s", "times the plain loop"], lines),
        ]
    parts.append(
        f"bfloat16 on all of {results.dataset}'s dev split: F1 {100 * accuracy.bfloat16:.2f}, in float32 "
        f"{100 * accuracy.float32:.2f}; 99 % of the scores are within {accuracy.usual:.4f} of each other, all within "
        f"{accuracy.largest:.4f}."
    )
    return "\n\n".join(parts)
