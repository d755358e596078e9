"""A table of the paper as MLflow's pages can show it: its runs, a saved view of them, and the addresses of both."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from glre.tracking.provenance.workspace import find_workspace
from glre.tracking.store import Store, existing_store
from glre.tracking.tables import table_tag

if TYPE_CHECKING:
    from mlflow.entities import Run as StoredRun

_VIEW = "mlflow.sharedViewState."
"""What the tag of an experiment begins with in which MLflow's pages keep a saved view (3.15 and later)."""
_COLUMNS = (
    "tags.`dataset`",
    "tags.`experiment`",
    "tags.`encoder`",
    "metrics.`dev.f1`",
    "metrics.`test.f1`",
    "metrics.`test.f1_std`",
    "metrics.`test.ign_f1`",
    "metrics.`test.seeds`",
    "tags.`git_commit`",
)
_MOST = 1000


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """The newest finished run of a point that has been evaluated; figures are fractions, None where it has none."""

    point: str
    run_id: str
    dev_f1: float | None
    test_f1: float | None


@dataclass(frozen=True, slots=True)
class TableRuns:
    """A table's runs, the filter that finds them in MLflow, and addresses within its pages (from `#` on).

    `view` is the list of all runs that the filter finds, `compared` the newest of each point side by side.
    """

    runs: tuple[ComparedRun, ...]
    filter: str
    view: str
    compared: str


def runs_of_table(table: str, points: Iterable[str], dataset: str | None) -> TableRuns:
    """The runs of a table's points, in their order, in the store of the current folder's repository.

    A dataset narrows the runs, the filter and the view to it. Runs that lack the table's tag, older than it or than its
    list of points, get it; the view is saved in the experiment where it shows a run, under MLflow's Views. InputError
    where there is no store, or it cannot be used.
    """
    store = existing_store(find_workspace(Path.cwd()).owner)
    wanted = tuple(points)
    newest: dict[str, StoredRun] = {}
    with store.in_reach():
        for run in _evaluated(store, dataset):
            point = f"{run.data.tags.get('dataset')}-{run.data.tags.get('experiment')}"
            if point in wanted:
                newest.setdefault(point, run)
                if table_tag(table) not in run.data.tags:
                    store.client.set_tag(run.info.run_id, table_tag(table), "true")
        filter_string = table_filter(table, dataset)
        name = table if dataset is None else f"{table} {dataset}"
        key = name.replace(" ", "-")
        if newest:
            store.client.set_experiment_tag(store.experiment_id, f"{_VIEW}{key}", _saved_view(name, filter_string))
    runs = tuple(_compared(point, newest[point]) for point in wanted if point in newest)
    ids = quote(json.dumps([run.run_id for run in runs], separators=(",", ":")))
    experiments = quote(json.dumps([store.experiment_id], separators=(",", ":")))
    return TableRuns(
        runs=runs,
        filter=filter_string,
        view=f"#/experiments/{store.experiment_id}/runs?viewStateShareKey={quote(key)}",
        compared=f"#/compare-runs?runs={ids}&experiments={experiments}",
    )


def table_filter(table: str, dataset: str | None) -> str:
    """What to type into the search box of MLflow's runs: the table's stages, without the runs of their seeds."""
    of_table = f"tags.`{table_tag(table)}` = 'true' AND tags.seed IS NULL"
    return of_table if dataset is None else f"{of_table} AND tags.dataset = '{dataset}'"


def _evaluated(store: Store, dataset: str | None) -> list["StoredRun"]:
    """Finished runs of stages with figures, newest first."""
    asked = "attributes.status = 'FINISHED' AND metrics.`dev.f1` >= 0 AND tags.seed IS NULL"
    asked += " AND tags.experiment IS NOT NULL" + (f" AND tags.dataset = '{dataset}'" if dataset else "")
    order = ["attributes.start_time DESC"]
    return list(store.client.search_runs([store.experiment_id], asked, max_results=_MOST, order_by=order))


def _compared(point: str, run: "StoredRun") -> ComparedRun:
    figures = run.data.metrics
    return ComparedRun(point, str(run.info.run_id), figures.get("dev.f1"), figures.get("test.f1"))


def _saved_view(name: str, filter_string: str) -> str:
    now = int(time.time() * 1000)
    state = {
        "searchFilter": filter_string,
        "orderByKey": "metrics.`test.f1`",
        "orderByAsc": False,
        "selectedColumns": list(_COLUMNS),
        "columnOrder": list(_COLUMNS),
    }
    return json.dumps({"name": name, "createdAt": now, "updatedAt": now, "state": json.dumps(state)})
