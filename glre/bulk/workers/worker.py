"""A worker: a process that loads the model once and takes one shard after the other."""

import multiprocessing
import os
import signal
import sys
import threading
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from glre.bulk.options import ShardOptions
from glre.bulk.outcome import DocumentsDone, ShardFailure, ShardSummary
from glre.bulk.plan import Shard
from glre.bulk.state.attempt import out_of_memory
from glre.bulk.workers.predicting import DocumentPredictor, Load
from glre.bulk.workers.shard import predict_shard
from glre.errors import InputError


@dataclass(frozen=True, slots=True)
class Work:
    """What every worker of a job is given: where outputs go, what they hold, the model, threads to run it with."""

    output: Path
    options: ShardOptions
    load: Load
    threads: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The model can't be loaded: an InputError's parts, as the error itself can't be sent."""

    place: str
    found: str
    expected: str


def serve(connection: Connection, work: Work) -> None:
    """Take shards from the connection and report on them, until it closes; a job's process is started with this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the job's own ends its workers
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    _end_with_the_job()
    try:
        predictor = work.load(work.threads)
    except InputError as error:
        connection.send(Refused(error.place, error.found, error.expected))
        return
    connection.send(Ready())
    while True:
        try:
            shard: Shard = connection.recv()
        except EOFError:
            return
        connection.send(outcome(shard, work, predictor, connection))


def outcome(
    shard: Shard, work: Work, predictor: DocumentPredictor, connection: Connection | None = None
) -> ShardSummary | ShardFailure:
    """Predict the shard, reporting documents to the connection, where there is one.

    Where memory is short the process ends, which gives back what it has; another one is to take the shard.
    """

    def report(documents: int) -> None:
        if connection:
            try:
                connection.send(DocumentsDone(shard.name, documents))
            except BrokenPipeError:  # the job's process is gone
                os._exit(1)

    try:
        return predict_shard(shard, work.output, predictor, work.options, report)
    except InputError as error:
        return ShardFailure(shard.name, error.place, error.found, error.expected)
    except OSError as error:
        found = (error.strerror or str(error)).lower()
        return ShardFailure(shard.name, str(error.filename or shard.source), found, "a shard to read and to write")
    except Exception as error:
        traceback.print_exc()
        sys.stderr.flush()
        if out_of_memory(error):
            os._exit(1)
        found = f"{type(error).__name__}: {error}".splitlines()[0]
        return ShardFailure(shard.name, str(shard.source), found, "no error")


def _end_with_the_job() -> None:
    """End this process as soon as the job's is gone, even if that was killed and could tell nobody."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
