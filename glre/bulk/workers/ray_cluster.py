"""The same workers on several machines: actors under Ray Data's `map_batches`, a shard in each batch.

Every machine sees the shards, the model and the folder of outputs under the same paths.
"""

import logging
import os
import signal
import socket
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import TypeAdapter

from glre.bulk.outcome import Event, ShardFailure, ShardSummary
from glre.bulk.plan import Shard
from glre.bulk.workers.predicting import DocumentPredictor
from glre.bulk.workers.worker import Refused, Work, outcome
from glre.errors import InputError

LOCAL = "local"
"""Instead of an address: a cluster on this machine alone, for as long as the job takes."""

_SHARD = TypeAdapter(Shard)
_OUTCOMES: dict[str, TypeAdapter[Any]] = {
    kind.__name__: TypeAdapter(kind) for kind in (ShardSummary, ShardFailure, Refused)
}
_ANSWER = 10.0
"""Seconds in which the head of a cluster answers."""


class ShardActor:
    """A worker as Ray Data runs it: loads the model once, takes one shard after the other."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._predictor: DocumentPredictor | None = None

    def __call__(self, batch: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """The outcomes of shards; in Ray's tables both are JSON."""
        outcomes = [self._outcome(_SHARD.validate_json(shard)) for shard in batch["shard"]]
        kinds = [type(outcome).__name__ for outcome in outcomes]
        return {"kind": kinds, "content": [_text(_OUTCOMES[kind], o) for kind, o in zip(kinds, outcomes, strict=True)]}

    def _outcome(self, shard: Shard) -> ShardSummary | ShardFailure | Refused:
        try:
            if self._predictor is None:
                self._predictor = self._work.load(self._work.threads)
        except InputError as error:
            return Refused(error.place, error.found, error.expected)
        return outcome(shard, self._work, self._predictor)


def work_on_ray(shards: Sequence[Shard], work: Work, workers: int | None, address: str) -> Generator[Event]:
    """Do the shards, the largest first, on the cluster at `address`; the outcomes as they come.

    Ray replaces a worker that dies, and begins its shard again until it is given up. `workers` None is one for each
    processor of the cluster. InputError where Ray is not installed, the cluster does not answer, or the model can't
    be loaded.
    """
    if not shards:
        return
    with _connected(address) as ray:
        processors = int(ray.cluster_resources().get("CPU", 1))
        size = min(workers or processors, processors, len(shards))
        rows = [{"shard": _text(_SHARD, shard)} for shard in sorted(shards, key=lambda shard: -shard.size)]
        outcomes = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
            ShardActor,
            batch_size=1,
            # None waits behind another: the last shards would not be shared out.
            compute=ray.data.ActorPoolStrategy(size=size, max_tasks_in_flight_per_actor=1),
            fn_constructor_args=[work],
            num_cpus=1,
        )
        for row in outcomes.iter_rows():
            found = _OUTCOMES[row["kind"]].validate_json(row["content"])
            if isinstance(found, Refused):
                raise InputError(found.place, found.found, found.expected)
            yield found


def _text(adapter: TypeAdapter[Any], value: object) -> str:
    return adapter.dump_json(value).decode()


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Ray's module, connected to the cluster, unless the program that we are part of is connected already."""
    ray = _ray()
    own = not ray.is_initialized()
    if own:
        _connect(ray, address)
    try:
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        yield ray
    finally:
        if own:
            ray.shutdown()


def _ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        import ray.data
    except ImportError:
        raise InputError("--ray", "no Ray in this environment", "pip install 'glre[ray]'") from None
    return ray


def _connect(ray: Any, address: str) -> None:
    _probe(address)
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    own_cluster = {"include_dashboard": False} if address == LOCAL else {}
    in_main_thread = threading.current_thread() is threading.main_thread()
    on_request = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(address, **quiet, **own_cluster)
    except (ConnectionError, RuntimeError, ValueError) as error:
        found = " ".join(str(error).split())[:200]
        raise InputError(f"--ray {address}", found, "a Ray cluster that runs, or `local`") from None
    if in_main_thread:  # Ray has put an end of its own there
        signal.signal(signal.SIGTERM, on_request)


def _probe(address: str) -> None:
    """InputError where nobody listens: Ray itself would try for minutes."""
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit() and "/" not in address:
        try:
            socket.create_connection((host.strip("[]"), int(port)), _ANSWER).close()
        except OSError as error:
            found = f"no answer ({(error.strerror or str(error)).lower()})"
            raise InputError(f"--ray {address}", found, "a Ray cluster that runs, or `local`") from None
