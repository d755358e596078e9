"""A command as a child process that ends with whoever started it, its lines in Prefect's log."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from prefect import get_run_logger

from flows import leash

LAST_LINES = 20
"""Of a failed command's output, in the failure's message."""


class CommandError(Exception):
    """A command ended with an error; the message has its last lines. `exit_code` is for whoever started the flow."""

    exit_code = 1


@contextmanager
def leashed(command: Sequence[str], root: Path, environment: Mapping[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """The command with all that it starts, which ends when the block does, or with this process, however that ends.

    It runs in `root`; `environment` is added to this process's.
    """
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


def logged(process: "subprocess.Popen[str]") -> Iterator[str]:
    """What the command says, line by line, each of which goes into the log of the task that runs."""
    logger = get_run_logger()
    for line in process.stdout or ():
        text = line.rstrip()
        if text:
            logger.info(text)
            yield text


def _path() -> str:
    """So that `glre` is this environment's, wherever the flow was started."""
    return os.pathsep.join(filter(None, [str(Path(sys.executable).parent), os.environ.get("PATH", "")]))


def failure(name: str, code: int, last: Iterable[str]) -> str:
    """The message of a command that failed."""
    output = "\n".join(last)
    return f"{name} ended with exit code {code}. Its last lines:\n{output}"
