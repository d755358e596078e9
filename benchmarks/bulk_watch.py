"""A bulk job from outside: memory of all its processes over time, and its end by SIGKILL when told."""

import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from glre.errors import InputError

EVERY = 0.5
"""Seconds between two samples."""
_ORPHANS = 30.0
"""Seconds in which the workers of a job that was killed have to end by themselves."""

_JOB = """
import sys
from pathlib import Path
from glre.bulk.options import BulkOptions, ShardOptions
from glre.errors import errors_reported
from glre.commands import bulk
from glre.formats.outputs.output_format import OutputFormat
model, shards, output, workers = sys.argv[1:]
with errors_reported():
    options = BulkOptions(shards=ShardOptions(OutputFormat.JSONL), workers=int(workers))
    bulk.run(model, [shards], Path(output), options)
"""


@dataclass(frozen=True)
class Sample:
    """A moment of a job: seconds since the first run began, the run, shards that are complete, bytes resident in all.

    `job` and `workers` are parts of the bytes: of the process that hands out, and of the largest of the others.
    """

    seconds: float
    run: int
    complete: int
    processes: int
    resident: int
    job: int
    largest: int


@dataclass(frozen=True)
class Task:
    """A job: a model, the folders of shards and of outputs, processes."""

    model: str
    shards: Path
    output: Path
    workers: int

    def complete(self) -> int:
        """Outputs that are there."""
        return len(list(self.output.glob("part-*.jsonl")))


@dataclass(frozen=True)
class Kill:
    """When a run is killed: `after` seconds behind the moment at which so many outputs are there."""

    complete: int
    after: float


def watched_run(task: Task, run: int, began: float, kill: Kill | None) -> list[Sample]:
    """Run the job to its end, or until it is killed; samples of it.

    InputError where it fails, ends before it could be killed, or leaves workers behind.
    """
    arguments = [task.model, str(task.shards), str(task.output), str(task.workers)]
    process = subprocess.Popen([sys.executable, "-c", _JOB, *arguments])
    tree = psutil.Process(process.pid)
    samples: list[Sample] = []
    due: float | None = None
    children: list[psutil.Process] = []
    while process.poll() is None:
        complete = task.complete()
        with suppress(psutil.NoSuchProcess):
            children = tree.children(recursive=True)
            samples.append(_sample([tree, *children], time.monotonic() - began, run, complete))
        if kill and due is None and complete >= kill.complete:
            due = time.monotonic() + kill.after
        if due is not None and time.monotonic() >= due:
            process.kill()
            process.wait()
            _wait_for_the_end(children)
            return samples
        time.sleep(EVERY)
    if process.returncode or kill:
        found = f"exit code {process.returncode}" if process.returncode else "its end before it could be killed"
        raise InputError(f"run {run} of the job", found, "a run that is killed, or ends well")
    return samples


def _sample(processes: Sequence[psutil.Process], seconds: float, run: int, complete: int) -> Sample:
    resident = []
    for process in processes:
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            resident.append(int(process.memory_info().rss))
    if not resident:
        raise psutil.NoSuchProcess(processes[0].pid)
    return Sample(seconds, run, complete, len(resident), sum(resident), resident[0], max(resident[1:], default=0))


def _wait_for_the_end(children: Sequence[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(children, timeout=_ORPHANS)
    if alive:
        raise InputError("a job that was killed", f"{len(alive)} workers that live on", "none")
