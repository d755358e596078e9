"""Commands that are killed, each a fork of one process that has imported all of it, which takes seconds."""

import multiprocessing
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess

from workspaces import LONGEST, WATCH_EVERY, Workspace

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "glre.stages.encode",
        "glre.stages.evaluate",
        "glre.stages.preprocess",
        "glre.stages.train",
        "mlflow.pyfunc",
        "mlflow.store.tracking.sqlalchemy_store",
        "torch._dynamo",
        "transformers.models.auto.modeling_auto",
        "transformers.models.bert.modeling_bert",
    ]
)


def kill_command_at(workspace: Workspace, event: str, pattern: str, *arguments: str) -> None:
    """Run `glre` in the workspace, killed just before it does `event` with an argument that `pattern` is found in.

    The events are those of https://docs.python.org/3/library/audit_events.html.
    """
    process = _start(workspace, arguments, event, pattern)
    process.join(LONGEST)
    assert process.exitcode == -signal.SIGKILL, f"ended with {process.exitcode}, and not at {event} {pattern}"


def kill_command_when(workspace: Workspace, condition: Callable[[], bool], *arguments: str) -> None:
    """Run `glre` in the workspace, killed as soon as `condition` holds."""
    process = _start(workspace, arguments)
    began = time.monotonic()
    while not condition():
        assert process.is_alive(), f"ended with {process.exitcode} before the condition held"
        assert time.monotonic() - began < LONGEST, "waited in vain for the condition"
        time.sleep(WATCH_EVERY)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL, f"ended with {process.exitcode} before it was killed"


def run_command(workspace: Workspace, *arguments: str) -> None:
    """Run `glre` in the workspace to its end."""
    process = _start(workspace, arguments)
    process.join(LONGEST)
    assert process.exitcode == 0, f"{arguments} ended with {process.exitcode}"


def _start(workspace: Workspace, arguments: tuple[str, ...], event: str = "", pattern: str = "") -> BaseProcess:
    given = (str(workspace.root), workspace.process_environment(), arguments, event, pattern)
    process = _FORKS.Process(target=_command, args=given)
    process.start()
    return process


def _command(folder: str, environment: dict[str, str], arguments: tuple[str, ...], event: str, pattern: str) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["glre", *arguments]

    def watch(happening: str, values: tuple[object, ...]) -> None:
        if happening == event and any(re.search(pattern, str(value)) for value in values):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    from glre.cli import main

    main()
