"""One DVC stage as a Prefect task: `dvc repro --single-item`, its lines in Prefect's log, its end the task's."""

import sys
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Completed
from prefect.tasks import Task

from flows.leashed import LAST_LINES, CommandError, failure, leashed, logged

HOURS = {"download": 2.0, "preprocess": 2.0, "encode": 24.0, "train": 14 * 24.0, "evaluate": 24.0}
"""After which a stage counts as hung and is ended; others after a day."""
RETRIES = 3
RETRY_AFTER = (10.0, 60.0, 300.0)
"""Seconds before each retry: of a download, while another process works in the workspace, of a bulk job cut short."""

_RUNNING = "Running stage '"
_LOCKED = ("Unable to acquire lock", "is busy, it is being blocked by")


class StageError(CommandError):
    """A stage ended with an error."""


class StageHinderedError(StageError):
    """It failed for a reason that may pass: a source out of reach, or a workspace that another process has locked."""


def stage_task(stage: str) -> Task[..., State[None]]:
    """The task of a stage, under its name, with its time-out."""
    hours = HOURS.get(stage.partition("@")[0], 24.0)
    return _run.with_options(name=stage, task_run_name=stage, timeout_seconds=hours * 3600)


def _may_pass(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:  # noqa: ARG001 the names are Prefect's
    return isinstance(state.result(raise_on_failure=False), StageHinderedError)


# DVC knows what is up to date, so Prefect keeps no results.
@task(
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=RETRIES,
    retry_delay_seconds=list(RETRY_AFTER),
    retry_condition_fn=_may_pass,
)
def _run(stage: str, root: Path, environment: Mapping[str, str], force: bool = False) -> State[None]:
    """Bring the stage, not what it depends on, up to date in the workspace at `root`.

    Completed, under the name Skipped where DVC found it unchanged. StageError where it ended with an error.
    `environment` is added to this process's; with `force` it is run even where nothing changed.
    """
    command = [sys.executable, "-m", "dvc", "repro", "--single-item", *(["--force"] if force else []), stage]
    last: deque[str] = deque(maxlen=LAST_LINES)
    ran = False
    with leashed(command, root, environment) as process:
        for line in logged(process):
            last.append(line)
            ran = ran or line.startswith(_RUNNING)
        code = process.wait()
    if code:
        message = failure(stage, code, last)
        may_pass = stage.startswith("download@") or any(sign in message for sign in _LOCKED)
        raise StageHinderedError(message) if may_pass else StageError(message)
    return Completed(message="ran") if ran else Completed(name="Skipped", message="nothing that it depends on changed")
