"""Worker processes on this machine, to which shards are handed out; one that dies is replaced."""

import os
import signal
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from glre.bulk.outcome import Event, ShardFailure, ShardLost, ShardSummary
from glre.bulk.plan import Shard
from glre.bulk.workers.worker import Ready, Refused, Work, serve
from glre.errors import InputError

_STARTS = 3
"""Workers in a row that may die before the model is loaded."""
_GRACE = 5.0
"""Seconds in which a worker may end."""


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass
class _Worker:
    process: SpawnProcess
    connection: Connection
    ready: bool = False
    shard: Shard | None = None


def work_here(shards: Sequence[Shard], work: Work, workers: int) -> Generator[Event]:
    """Do the shards, the largest first, by so many processes; the events as they happen.

    A shard whose worker dies is begun again, until it is given up. InputError where the model can't be loaded.
    Workers end when the iterator is closed, and when this process dies. A script that calls this needs
    `if __name__ == "__main__"`, as with all of Python's processes that are spawned.
    """
    pool = _Pool(shards, work, workers)
    try:
        yield from pool.events()
    finally:
        pool.end()


class _Pool:
    """Each worker has a connection of its own: a queue's lock would stay locked when its holder is killed."""

    def __init__(self, shards: Sequence[Shard], work: Work, workers: int) -> None:
        self._queue = deque(sorted(shards, key=lambda shard: -shard.size))
        self._work = work
        self._wanted = min(workers, len(shards))
        self._workers: list[_Worker] = []
        self._failed_starts = 0

    def events(self) -> Iterator[Event]:
        while self._queue or any(worker.shard for worker in self._workers):
            while self._queue and len(self._workers) < self._wanted:
                self._workers.append(self._started())
            for worker in self._workers:
                if self._queue and worker.ready and worker.shard is None:
                    self._give(worker)
            heard = wait([worker.connection for worker in self._workers])
            for worker in [worker for worker in self._workers if worker.connection in heard]:
                event = self._hear(worker)
                if event is not None:
                    yield event

    def end(self) -> None:
        """Ask all workers to end, and kill those that don't."""
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(_GRACE)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.connection.close()

    def _started(self) -> _Worker:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self._work), daemon=True)
        # A worker begins with Ctrl-C blocked: it would print a traceback while it is still importing.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()  # so that the worker's end closes when it dies
        return _Worker(process, ours)

    def _give(self, worker: _Worker) -> None:
        worker.shard = self._queue.popleft()
        with suppress(BrokenPipeError):  # its death is heard of next
            worker.connection.send(worker.shard)

    def _hear(self, worker: _Worker) -> Event | None:
        try:
            message = worker.connection.recv()
        except (EOFError, ConnectionResetError):
            return self._bury(worker)
        if isinstance(message, Refused):
            raise InputError(message.place, message.found, message.expected)
        if isinstance(message, Ready):
            worker.ready, self._failed_starts = True, 0
            return None
        if isinstance(message, ShardSummary | ShardFailure):
            worker.shard = None
        event: Event = message
        return event

    def _bury(self, worker: _Worker) -> ShardLost | None:
        worker.process.join(_GRACE)
        if worker.process.is_alive():  # it has closed its end but hangs
            worker.process.kill()
            worker.process.join()
        worker.connection.close()
        self._workers.remove(worker)
        how = _how_it_ended(worker.process.exitcode or 0)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts == _STARTS:
                raise InputError("a worker", f"{how}, while it loaded the model", "memory for each: give fewer workers")
        if worker.shard is None:
            return None
        self._queue.appendleft(worker.shard)
        return ShardLost(worker.shard.name, how)


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"it ended with exit code {code}"
    return f"it was killed by {signal.Signals(-code).name}"
