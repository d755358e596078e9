"""What a flow leaves on Prefect's pages: its metrics, its run in MLflow, and what DVC found stale."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.runtime import flow_run

from flows.metrics import Fall, metrics_rows
from glre.bulk.state.summary import BulkSummary
from glre.printable import printable
from glre.reporting.tables.results_table import Result
from glre.tracking import Run

MLFLOW_PAGES = "GLRE_MLFLOW_PAGES"
"""Environment variable: address of the pages that `make mlflow` opens."""
_MLFLOW_PAGES = "http://127.0.0.1:5000"
_PREFECT_API = "http://127.0.0.1:4200/api"


def show_metrics(results: Mapping[str, Result]) -> None:
    """A table: one row for each point and split."""
    if rows := metrics_rows(results):
        create_table_artifact(rows, key="metrics", description="Per cent; mean ± standard deviation over seeds.")


def show_run(run: Run) -> str:
    """A link to the flow's run in MLflow, under which the stages' runs hang; returns the address."""
    pages = os.environ.get(MLFLOW_PAGES, _MLFLOW_PAGES).rstrip("/")
    address = f"{pages}/#/experiments/{run.store.experiment_id}/runs/{run.run_id}"
    create_link_artifact(address, "The run in MLflow", key="mlflow-run", description="Open with `make mlflow`.")
    return address


def prefect_page() -> str:
    """Address of the flow's run on the server that PREFECT_API_URL names; else on that of `make prefect`."""
    pages = os.environ.get("PREFECT_API_URL", _PREFECT_API).removesuffix("/api")
    return f"{pages}/runs/flow-run/{flow_run.id}"


def show_status(before: str, after: str) -> None:
    """What `dvc status` said before the stages ran, and after."""
    text = f"## Before\n\n```\n{before}\n```\n\n## After\n\n```\n{after}\n```\n"
    create_markdown_artifact(text, key="dvc-status", description="`dvc status` of the stages of this run.")


def show_falls(falls: Sequence[Fall], allowed: float) -> None:
    """The figures that fell by more than `allowed`, a fraction."""
    lines = "\n".join(f"- {fall}" for fall in falls)
    text = f"Lower by more than {100 * allowed:.1f} points than before this run:\n\n{lines}\n"
    create_markdown_artifact(text, key="metrics-fell", description="Metrics that fell.")


def show_bulk(summary: BulkSummary) -> None:
    """What a bulk job came to, and the shards that it could not do."""
    figures = {
        "shards": summary.shards,
        "complete before": summary.skipped,
        "documents": summary.documents,
        "relations": summary.relations,
        "set aside": summary.set_aside,
        "documents of this run": summary.predicted,
        "seconds": round(summary.seconds, 1),
        "documents/s": round(summary.documents_per_second, 1),
    }
    lines = ["| | |", "|---|---|", *(f"| {name} | {figure:,} |" for name, figure in figures.items())]
    if summary.passed_over:
        lines += ["", "## Passed over or mended", "", "| kind | count | first example |", "|---|---|---|"]
        lines += [f"| {own.kind} | {own.count:,} | {_in_a_cell(own.example)} |" for own in summary.passed_over]
    if summary.failed:
        lines += ["", "## Without an output", "", *(f"- `{failure.shard}`: {failure}" for failure in summary.failed)]
    text = "\n".join(lines) + "\n"
    create_markdown_artifact(text, key="bulk-summary", description="What was predicted, and what could not be.")


def _in_a_cell(text: str) -> str:
    return printable(text).replace("|", "\\|")


def dvc_status(root: Path, targets: Sequence[str]) -> str:
    """What `dvc status` says of the targets and all that they need; its error where it has one."""
    command = [sys.executable, "-m", "dvc", "status", "--with-deps", *targets]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return (ended.stdout if ended.returncode == 0 else ended.stderr).strip()
