"""The flow `experiments`: a table of the paper, or any list of points of the grid."""

from collections.abc import Sequence
from pathlib import Path

from prefect import flow
from prefect.runtime import flow_run

from flows.plan import Plan, plan
from flows.seeds import write_seeds
from flows.workspace_run import Outcome, bring_up_to_date
from glre.errors import InputError
from glre.grid.params import read_settings


def _run_name() -> str:
    chosen = flow_run.parameters
    return " ".join([chosen["table"] or "experiments", *chosen["datasets"], *chosen["points"]])


@flow(name="experiments", flow_run_name=_run_name, persist_result=False)
def experiments(
    table: str | None = None,
    datasets: list[str] = [],  # noqa: B006 Prefect shows these as the form's defaults
    points: list[str] = [],  # noqa: B006
    targets: list[str] = [],  # noqa: B006
    seeds: list[int] = [],  # noqa: B006
) -> Outcome:
    """Train and evaluate the rows of a table, each with its seeds, under one run in MLflow.

    Args:
        table: A table of the paper as params.yaml names it, such as `table4`.
        datasets: Only these datasets of the table; all of them where there is none.
        points: More points of the grid, such as `cdr-fine_tuned`.
        targets: More of DVC's targets, such as `report`, which come last.
        seeds: Those of every experiment, written into params.yaml, where they stay; else each has its own.
    """
    planned = plan_of_experiments(table, datasets, points, targets)
    if seeds:
        write_seeds(Path("params.yaml"), seeds)
    return bring_up_to_date(planned)


def plan_of_experiments(
    table: str | None, datasets: Sequence[str], points: Sequence[str], targets: Sequence[str]
) -> Plan:
    """What the flow is going to do; InputError for an unknown name."""
    chosen = [*(_of_table(table, datasets) if table else []), *points]
    return plan(" ".join([table or "experiments", *(datasets if table else []), *points]), chosen, targets)


def _of_table(table: str, datasets: Sequence[str]) -> list[str]:
    settings = read_settings()
    rows = settings.table(table)
    found = [row for row in rows if not datasets or settings.grid.points[row].dataset in datasets]
    if not found:
        there = sorted({settings.grid.points[row].dataset for row in rows})
        raise InputError(
            f"params.yaml, tables.{table}", f"no row of {', '.join(datasets)}", f"one of {', '.join(there)}"
        )
    return found
