"""The flow `bulk`: relations in many shards, by `glre predict`."""

import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.runtime import flow_run
from prefect.tasks import Task

from flows.artifacts import prefect_page, show_bulk
from flows.leashed import LAST_LINES, CommandError, failure, leashed, logged
from flows.stage_task import RETRIES, RETRY_AFTER
from glre.bulk.state.summary import SUMMARY, BulkSummary, read_summary
from glre.counted import counted

COMMAND = ("glre", "predict")
_REFUSED = 2
"""Exit code of a mistake that is the user's to mend, which no retry does."""


class BulkRefusedError(CommandError):
    """The command refused its input, or could not do some shards."""

    exit_code = _REFUSED


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What a job came to; `prefect_page` shows the run once `make prefect` has been given."""

    summary: BulkSummary
    prefect_page: str

    def __str__(self) -> str:
        """Such as `12 shards, 4 of them complete before: 6,000 documents, 420 relations`."""
        done = self.summary
        before = f", {done.skipped} of them complete before" if done.skipped else ""
        found = f"{counted(done.documents, 'document')}, {counted(done.relations, 'relation')}"
        return f"{counted(done.shards, 'shard')}{before}: {found}"

    @property
    def pages(self) -> tuple[str, ...]:
        """Where the run is shown."""
        return (f"In Prefect: {self.prefect_page}",)


def _run_name() -> str:
    return f"bulk {flow_run.parameters['output']}"


@flow(name="bulk", flow_run_name=_run_name, persist_result=False)
def bulk(
    model: str,
    inputs: list[str],
    output: str,
    workers: int = 1,
    output_format: str = "parquet",
    threshold: float | None = None,
    min_precision: float | None = None,
    top: int | None = None,
    ray: str | None = None,
) -> BulkOutcome:
    """Predict relations in every shard, a file for each; shards that are complete are passed over.

    Args:
        model: A model's folder, that of its seeds or results, or one in MLflow, such as `models:/glre-cdr@champion`.
        inputs: Shards: files, folders or patterns.
        output: The folder for the outputs, from the repository's root.
        workers: Processes, each with the model.
        output_format: `parquet`, `jsonl`, `csv`, `pubtator`, `bioc-json` or `bioc-xml`.
        threshold: The least score of a relation; else the model's own.
        min_precision: Choose the threshold that has this precision on dev.
        top: At most so many relations of a document.
        ray: Address of a Ray cluster that does the work.
    """
    options = {
        "--output": output,
        "--to": output_format,
        "--workers": workers,
        "--threshold": threshold,
        "--min-precision": min_precision,
        "--top": top,
        "--ray": ray,
    }
    given = [text for name, value in options.items() if value is not None for text in (name, str(value))]
    root, began = Path.cwd(), time.time()
    try:
        predict([*COMMAND, *given, "--", model, *inputs], root)
    except BulkRefusedError:
        # Where some shards could not be done, the job has come to its end all the same.
        if _written_since(root / output / SUMMARY, began):
            show_bulk(read_summary(root / output))
        raise
    summary = read_summary(root / output)
    show_bulk(summary)
    outcome = BulkOutcome(summary, prefect_page())
    get_run_logger().info(str(outcome))
    return outcome


def _may_pass(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:  # noqa: ARG001 the names are Prefect's
    return not isinstance(state.result(raise_on_failure=False), BulkRefusedError)


@task(
    task_run_name="predict",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=RETRIES,
    retry_delay_seconds=list(RETRY_AFTER),
    retry_condition_fn=_may_pass,
)
def predict(command: list[str], root: Path) -> None:
    """Run the command as one process; CommandError where it fails, tried again unless it refused its input."""
    last: deque[str] = deque(maxlen=LAST_LINES)
    with leashed(command, root, {}) as process:
        last.extend(logged(process))
        code = process.wait()
    if code:
        message = failure(" ".join(COMMAND), code, last)
        raise BulkRefusedError(message) if code == _REFUSED else CommandError(message)


def _written_since(path: Path, began: float) -> bool:
    return path.is_file() and path.stat().st_mtime >= began
