"""Which shards of a job are complete: a line for each, added when its output is there."""

import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from glre.bulk.fingerprint import is_as_it_was
from glre.bulk.outcome import ShardSummary
from glre.bulk.plan import Shard

_SUMMARY = TypeAdapter(ShardSummary)


class Ledger:
    """The lines of a file, by shard; the last line of a shard counts."""

    def __init__(self, path: Path) -> None:
        """A line that a killed process left unfinished is passed over: its shard is done again."""
        self._path = path
        self._complete: dict[str, ShardSummary] = {}
        if path.is_file():
            for line in path.read_bytes().split(b"\n"):
                try:
                    summary = _SUMMARY.validate_json(line)
                except ValidationError:
                    continue
                self._complete[summary.shard] = summary

    def add(self, summary: ShardSummary) -> None:
        """Write down that the shard is complete, so that it outlasts a crash of the machine."""
        with self._path.open("ab") as file:
            # The line break comes first: it closes a line that was left unfinished.
            file.write(b"\n" + _SUMMARY.dump_json(summary) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._complete[summary.shard] = summary

    def complete(self, shard: Shard) -> ShardSummary | None:
        """How the shard ended, where its output is there, whole, and made from what the shard still holds."""
        summary = self._complete.get(shard.name)
        if summary is None or not is_as_it_was(shard.source, summary.content):
            return None
        try:
            whole = shard.output.stat().st_size == summary.output_size
        except OSError:
            return None
        return summary if whole and (not summary.set_aside or shard.set_aside.is_file()) else None

    def knows(self, shard: Shard) -> bool:
        """Whether the shard was complete once."""
        return shard.name in self._complete

    def others(self, shards: Sequence[Shard]) -> tuple[str, ...]:
        """Outputs of earlier runs whose shards are not among these."""
        names = {shard.name for shard in shards}
        return tuple(name for name in self._complete if name not in names)
