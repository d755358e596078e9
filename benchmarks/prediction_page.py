"""Table of what `benchmarks.prediction` found."""

from dataclasses import dataclass
from typing import Literal

from benchmarks import report

Way = Literal["plain", "float32", "bfloat16"]

_TITLES: dict[Way, str] = {
    "plain": "plain loop, a document at a time",
    "float32": "glre predict --precision float32",
    "bfloat16": "glre predict --precision bfloat16",
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
class Results:
    """All that one run found."""

    dataset: str
    mean_words: float
    rows: list[Row]
    accuracy: Accuracy


def page(results: Results, made_by: report.Origin) -> str:
    """Everything that docs/benchmarks.md shows of the results."""
    plain = next(row for row in results.rows if row.way == "plain")
    lines = [[_TITLES[row.way], f"{row.speed:.1f}", f"{row.speed / plain.speed:.1f}"] for row in results.rows]
    accuracy = results.accuracy
    return "\n\n".join(
        [
            made_by.sentence(),
            f"{plain.documents} documents of {results.dataset}'s test split that fit the encoder's window, "
            f"{results.mean_words:.0f} words on average, in one process that has loaded its models. The plain loop "
            "runs the same trained GLRE over transformers' AutoModel (all layers, float32), a document at a time; its "
            "scores agree with ours to 1e-3.",
            report.table(["way", "documents/s", "times the plain loop"], lines),
            f"bfloat16 on all of dev: F1 {100 * accuracy.bfloat16:.2f}, in float32 {100 * accuracy.float32:.2f}; "
            f"99 % of the scores are within {accuracy.usual:.4f} of each other, all within {accuracy.largest:.4f}.",
        ]
    )
