"""A table of the paper among MLflow's runs. Not a DVC stage: it writes nothing but a view and tags in MLflow."""

from rich.table import Table

from glre.errors import InputError
from glre.grid.params import read_settings
from glre.terminal import table_console
from glre.tracking import runs_of_table

_LOG_WIDTH = 160


def run(table: str, dataset: str | None, address: str) -> None:
    """Print the newest run of each point of the table, and where MLflow's pages at `address` compare them.

    InputError where params.yaml has no such table, or the table no point of the dataset.
    """
    settings = read_settings()
    points = [name for name in settings.table(table) if dataset in (None, settings.grid.points[name].dataset)]
    if not points:
        raise InputError(f"params.yaml, tables.{table}", f"no point of the dataset {dataset!r}", "one or more")
    found = runs_of_table(table, points, dataset)
    console = table_console(_LOG_WIDTH)
    shown = Table("point", "dev F1", "test F1", "run", title=f"{table}: newest run of each point, per cent")
    runs = {own.point: own for own in found.runs}
    for point in points:
        if own := runs.get(point):
            shown.add_row(point, _per_cent(own.dev_f1), _per_cent(own.test_f1), own.run_id)
        else:
            shown.add_row(point, "", "", f"none yet: dvc repro evaluate@{point}")
    console.print(shown)
    # Plain, so that no address is broken over lines.
    print(f"filter   {found.filter}")
    print(f"all runs {address}/{found.view}")
    if found.runs:
        print(f"compared {address}/{found.compared}")


def _per_cent(fraction: float | None) -> str:
    return "" if fraction is None else f"{100 * fraction:.1f}"
