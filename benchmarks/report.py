"""Where results go: JSON and plots under docs/benchmarks, tables into the marked places of docs/benchmarks.md."""

import json
import os
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glre.errors import InputError
from glre.files import written_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAGE = Path("docs/benchmarks.md")
FOLDER = Path("docs/benchmarks")


@dataclass(frozen=True)
class Origin:
    """How and where results came about; `load` is the machine's load average when the run began."""

    command: str
    processor: str
    cores: int
    memory_gb: int
    load: float
    python: str
    torch: str
    transformers: str
    environment: dict[str, str]

    def sentence(self) -> str:
        """The origin in words, the command in its own block."""
        environment = " ".join(f"`{name}={value}`" for name, value in self.environment.items())
        return (
            f"{self.processor}, {self.cores} cores, {self.memory_gb} GB; load average {self.load:.1f} at the start; "
            f"Python {self.python}, torch {self.torch}, transformers {self.transformers}; {environment} "
            f"for every measured process.\n\n```\n{self.command}\n```"
        )


def origin(module: str, environment: Mapping[str, str]) -> Origin:
    """The origin of results that this process is about to make."""
    from importlib.metadata import version

    return Origin(
        command=shlex.join(["python", "-m", module, *sys.argv[1:]]),
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        load=round(os.getloadavg()[0], 1),
        python=platform.python_version(),
        torch=version("torch"),
        transformers=version("transformers"),
        environment=dict(environment),
    )


def write_results(path: Path, made_by: Origin, results: Mapping[str, Any]) -> None:
    """Write results with their origin as JSON."""
    with written_whole(path) as temporary:
        content = json.dumps({"origin": asdict(made_by), **results}, indent=1)
        temporary.write_text(content + "\n", encoding="utf-8")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_block(name: str, text: str, page: Path = PAGE) -> None:
    """Put `text` between the page's marks of this name; InputError where it has none."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    content = page.read_text(encoding="utf-8") if page.is_file() else ""
    if not 0 <= content.find(begin) < content.find(end):
        raise InputError(str(page), f"no marks for {name!r}", f"{begin} and, below it, {end}")
    before, rest = content.split(begin, 1)
    after = rest.split(end, 1)[1]
    with written_whole(page) as temporary:
        temporary.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def write_plot(figure: "Figure", path: Path) -> None:
    """Write a plot as SVG, the same bytes for the same numbers."""
    import matplotlib as mpl

    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "glre"})
    figure.tight_layout()
    with written_whole(path) as temporary:
        figure.savefig(temporary, format="svg", metadata={"Date": None})


def numbers(text: str) -> list[int]:
    """An option's whole numbers, commas between them; InputError where they are none."""
    try:
        return [int(part) for part in text.split(",") if part]
    except ValueError:
        raise InputError("the command line", repr(text), "whole numbers with commas between them") from None


def megabytes(size: float) -> str:
    """Bytes as MB."""
    return f"{size / 1e6:,.0f}"


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
