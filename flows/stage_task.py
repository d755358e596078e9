"""One DVC stage as a Prefect task: `dvc repro --single-item`, its lines in Prefect's log, its end the task's."""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Completed
from prefect.tasks import Task

from flows import leash

LAST_LINES = 20
"""Of a failed stage's output, in the failure's message."""
HOURS = {"download": 2.0, "preprocess": 2.0, "encode": 24.0, "train": 14 * 24.0, "evaluate": 24.0}
"""After which a stage counts as hung and is ended; others after a day."""
RETRIES = 3
RETRY_AFTER = (10.0, 60.0, 300.0)
"""Seconds before each retry: of a download, or while another process works in the same workspace."""

_RUNNING = "Running stage '"
_LOCKED = ("Unable to acquire lock", "is busy, it is being blocked by")


class StageError(Exception):
    """A stage ended with an error; the message has its last lines."""


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
    logger = get_run_logger()
    command = [sys.executable, "-m", "dvc", "repro", "--single-item", *(["--force"] if force else []), stage]
    last: deque[str] = deque(maxlen=LAST_LINES)
    ran = False
    with _leashed(command, root, environment) as process:
        for line in process.stdout or ():
            text = line.rstrip()
            if text:
                logger.info(text)
                last.append(text)
            ran = ran or text.startswith(_RUNNING)
        code = process.wait()
    if code:
        output = "\n".join(last)
        message = f"{stage} ended with exit code {code}. Its last lines:\n{output}"
        may_pass = stage.startswith("download@") or any(sign in output for sign in _LOCKED)
        raise StageHinderedError(message) if may_pass else StageError(message)
    return Completed(message="ran") if ran else Completed(name="Skipped", message="nothing that it depends on changed")


@contextmanager
def _leashed(command: list[str], root: Path, environment: Mapping[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """The command with all that it starts, which ends when the block does, or with this process, however that ends."""
    process = subprocess.Popen(
        [sys.executable, "-P", leash.__file__, *command],
        cwd=root,
        env={**os.environ, "PATH": _path(), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.stdin:  # letting go of the leash
            process.stdin.close()
        process.wait()


def _path() -> str:
    """So that `glre` is this environment's, wherever the flow was started."""
    return os.pathsep.join(filter(None, [str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
