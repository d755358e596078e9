"""How far a job is, in bytes of its shards, which are known before they are read."""

import time
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from glre.bulk.outcome import DocumentsDone, Event, ShardFailure, ShardSummary
from glre.bulk.plan import Shard
from glre.counted import counted

_BEGINNING = 1 << 20
"""Bytes of JSON Lines from which the length of a document is estimated."""
_ENOUGH = 0.01
"""Share of the bytes from which on the time left is told."""


class Pace:
    """Counts bytes of shards as events come in; within a shard by its documents, so that large ones move too."""

    def __init__(self, shards: Sequence[Shard], complete: int) -> None:
        """`complete` is the number of further shards that an earlier run has done."""
        self._shards = {shard.name: shard for shard in shards}
        self._complete, self._all = complete, complete + len(shards)
        self._under_way: dict[str, int] = {}
        self._bytes_each: dict[str, float] = {}
        self._ended_bytes = self._ended_documents = 0
        self._began = time.monotonic()
        self.total = sum(shard.size for shard in shards)
        self.done = 0

    def take(self, event: Event) -> int:
        """Bytes by which the job is further; fewer than none where a shard is begun again."""
        if isinstance(event, DocumentsDone):
            self._under_way[event.shard] = self._under_way.get(event.shard, 0) + event.documents
        else:
            self._under_way.pop(event.shard, None)
            if isinstance(event, ShardSummary | ShardFailure):
                self._complete += 1
                self._ended_bytes += self._shards[event.shard].size
            if isinstance(event, ShardSummary):
                self._ended_documents += event.documents + event.set_aside
        before, self.done = self.done, self._ended_bytes + sum(map(self._bytes, self._under_way))
        return self.done - before

    def __str__(self) -> str:
        """Such as `3 of 10 shards, 1,200 documents, 41 documents/s, about 5 min left`."""
        documents = self._ended_documents + sum(self._under_way.values())
        parts = [f"{self._complete} of {self._all} shards", counted(documents, "document")]
        seconds = time.monotonic() - self._began
        if documents:
            parts.append(f"{documents / seconds:,.1f} documents/s")
        if self.done and self.done >= _ENOUGH * self.total:
            parts.append(f"about {_duration(seconds * (self.total - self.done) / self.done)} left")
        return ", ".join(parts)

    def _bytes(self, name: str) -> int:
        shard = self._shards[name]
        if name not in self._bytes_each:
            self._bytes_each[name] = _bytes_of_a_document(shard)
        each = self._bytes_each[name]
        if not each and self._ended_documents:
            each = self._ended_bytes / self._ended_documents
        return min(shard.size, round(self._under_way[name] * each))


def _bytes_of_a_document(shard: Shard) -> float:
    """On average, 0 where the file doesn't show it at once."""
    try:
        if shard.source.suffix == ".parquet":
            rows = pq.read_metadata(shard.source).num_rows
            return shard.size / rows if rows else 0
        if shard.source.suffix in (".jsonl", ".ndjson"):
            with shard.source.open("rb") as file:
                beginning = file.read(_BEGINNING)
            lines = beginning.count(b"\n")
            return (beginning.rfind(b"\n") + 1) / lines if lines else 0
    except (OSError, pa.ArrowException):  # the worker says what is wrong with it
        return 0
    return 0


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
