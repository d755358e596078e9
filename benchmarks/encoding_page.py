"""Table and plot of what `benchmarks.encoding` found."""

from dataclasses import dataclass
from typing import Literal

from benchmarks import report

Way = Literal["glre", "glre_bfloat16", "plain_longest", "plain_window"]

_TITLES: dict[Way, str] = {
    "glre": "glre, float32",
    "glre_bfloat16": "glre, bfloat16",
    "plain_longest": "plain loop, padded to the longest of the batch",
    "plain_window": "plain loop, padded to 512",
}
_STYLES: dict[Way, tuple[str, str]] = {
    "glre": ("#0072b2", "o"),
    "glre_bfloat16": ("#56b4e9", "v"),
    "plain_longest": ("#e69f00", "s"),
    "plain_window": ("#d55e00", "^"),
}


@dataclass(frozen=True)
class Row:
    """`subwords` real ones, encoded in `seconds`; `left_out` is the share of the text's that truncation dropped."""

    documents: str
    count: int
    mean_words: float
    way: Way
    subwords: int
    left_out: float
    seconds: float

    @property
    def speed(self) -> float:
        """Real subwords per second."""
        return self.subwords / self.seconds


@dataclass(frozen=True)
class Results:
    """All that one run found; `batch` is the plain loop's batch size."""

    batch: int
    rows: list[Row]


def page(results: Results, made_by: report.Origin) -> str:
    """Everything that docs/benchmarks.md shows of the results."""
    sets = [[row for row in results.rows if _key(row) == key] for key in dict.fromkeys(map(_key, results.rows))]
    lines = [_line(rows) for rows in sets]
    header = ["documents", "mean words"]
    header += [f"{title}: subwords/s" for title in _TITLES.values()]
    header += ["glre / longest", "glre / 512", "left out by the plain loop"]
    return "\n\n".join(
        [
            made_by.sentence(),
            f"The plain loop takes the texts in input order, {results.batch} at a time, cut at 512 subwords as the "
            "tokenizer does. Only real subwords count, no padding and no special tokens; all ways start from subword "
            "ids.",
            report.table(header, lines),
            f"![Subwords per second]({report.FOLDER.name}/encoding.svg)",
        ]
    )


def draw(results: Results) -> None:
    """Plot speed by length to docs/benchmarks/encoding.svg."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.6, 3.6))
    axis = figure.subplots()
    generated = [row for row in results.rows if row.documents == "generated"]
    for way, title in _TITLES.items():
        rows = [row for row in generated if row.way == way]
        colour, mark = _STYLES[way]
        axis.plot([r.mean_words for r in rows], [r.speed for r in rows], marker=mark, color=colour, label=title)
    axis.set_xscale("log", base=2)
    ticks = sorted({row.mean_words for row in generated})
    axis.set_xticks(ticks, [f"{tick:.0f}" for tick in ticks])
    axis.set_xlabel("mean words of generated documents")
    axis.set_ylabel("real subwords per second")
    axis.set_ylim(bottom=0)
    axis.grid(alpha=0.3)
    axis.legend(fontsize="small")
    report.write_plot(figure, report.FOLDER / "encoding.svg")


def _key(row: Row) -> tuple[str, float]:
    return row.documents, row.mean_words


def _line(rows: list[Row]) -> list[str]:
    by_way = {row.way: row for row in rows}
    ours, longest, window = by_way["glre"], by_way["plain_longest"], by_way["plain_window"]
    return [
        f"{ours.count} {'of ' if ours.documents != 'generated' else ''}{ours.documents}",
        f"{ours.mean_words:.0f}",
        *(f"{by_way[way].speed:,.0f}" for way in _TITLES),
        f"{ours.speed / longest.speed:.2f}",
        f"{ours.speed / window.speed:.2f}",
        f"{100 * longest.left_out:.0f} %",
    ]
