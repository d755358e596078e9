"""What follows from params.yaml and DVC can't work out: grid.yaml, and the stages of reports at the end of dvc.yaml.

DVC takes no list of dependencies out of `${...}`, in `foreach` neither: a stage with as many as a report has points is
written out. Both files are committed; `glre grid` writes them, and a test fails where they are behind.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from glre import paths
from glre.errors import InputError
from glre.files import written_whole
from glre.grid.params import Settings
from glre.grid.points import TrainingPoint
from glre.source_code import files_behind

GRID = Path("grid.yaml")
PIPELINE = Path("dvc.yaml")
_HEADER = "# What `glre grid` derives from params.yaml: dvc.yaml spreads its stages over it.\n"
_MARK = "  # From here on, what `glre grid` derives from params.yaml: DVC can't look up how many points a report has.\n"
_WIDTH = 100


def derive(settings: Settings, root: Path = Path()) -> dict[Path, str]:
    """The files that are derived, by their path below `root`, with the content they should have.

    InputError where dvc.yaml doesn't say where its derived part begins.
    """
    pipeline = root / PIPELINE
    written, mark, _ = pipeline.read_text(encoding="utf-8").partition(_MARK)
    if not mark:
        raise InputError(str(pipeline), "no line that the derived part begins with", repr(_MARK.strip()))
    grid = _dumped({"grid": settings.grid.as_content()})
    stages = [_dumped({report_stage(name): _report(name, settings)}) for name in settings.reports]
    indented = "\n".join("".join(f"  {line}" for line in stage.splitlines(keepends=True)) for stage in stages)
    return {GRID: _HEADER + grid, PIPELINE: written + mark + indented}


def write_derived(settings: Settings, root: Path = Path()) -> list[Path]:
    """Bring the derived files up to date; returns those that were not."""
    behind = {
        path: content
        for path, content in derive(settings, root).items()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != content
    }
    for path, content in behind.items():
        with written_whole(root / path) as temporary:
            temporary.write_text(content, encoding="utf-8")
    return list(behind)


def report_stage(report: str) -> str:
    """What the stage of a report is called: `report` makes the one beside the paper, `report_<name>` any other."""
    return "report" if report == "paper" else f"report_{report}"


def _report(name: str, settings: Settings) -> dict[str, Any]:
    points = [settings.grid.points[point] for point in settings.report(name).points]
    datasets = list(dict.fromkeys(point.dataset for point in points))
    data = [paths.processed(dataset) for dataset in datasets]
    for point in points:
        data += [paths.models(point.dataset, point.experiment), paths.results(point.dataset, point.experiment)]
    return {
        "cmd": f"${{launch}} glre report {name}",
        "deps": [*_code(points), *(path.as_posix() for path in data)],
        "params": [f"reports.{name}", "tables", *(f"datasets.{dataset}.relation_names" for dataset in datasets)],
        "outs": [paths.report(name).as_posix()],
    }


def _code(points: list[TrainingPoint]) -> list[str]:
    found = {file for system in {point.system for point in points} for file in files_behind("report", system)}
    return sorted({f"glre/{place}" for file in found for place in _place(file)})


def _place(file: Path) -> Iterator[str]:
    """The folder that a file's floor or system lies in; where neighbours are nothing to it, the file."""
    floor, *below = file.parts
    if floor in ("grid", "stages") or not below:
        yield file.as_posix()
    elif floor == "systems":
        yield "/".join((floor, below[0]))
    else:
        yield floor


def _dumped(content: dict[str, Any]) -> str:
    # The innermost lists and mappings on one line.
    return yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=_WIDTH, allow_unicode=True)
