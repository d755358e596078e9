"""How a job ended."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from glre.bulk.outcome import ShardFailure
from glre.errors import InputError
from glre.files import written_whole
from glre.formats.passed_over import PassedOver, as_values

SUMMARY = "summary.json"


@dataclass(frozen=True, slots=True)
class BulkSummary:
    """All shards of a job together, those of its earlier runs among them.

    `predicted` is the number of documents of this run, which took `seconds`; `skipped` that of shards that were
    complete before it. Shards in `failed` have no output, or one of their earlier content. `pairs` are those that the
    model was asked about, `types` counts the entities' types, and `passed_over` what was passed over or mended.
    """

    shards: int
    skipped: int
    documents: int
    relations: int
    set_aside: int
    predicted: int
    seconds: float
    failed: tuple[ShardFailure, ...]
    pairs: int = 0
    types: Mapping[str, int] = field(default_factory=dict)
    passed_over: tuple[PassedOver, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every shard has its output."""
        return not self.failed

    @property
    def documents_per_second(self) -> float:
        """Of this run, loading the model included; 0 where there was nothing left to do."""
        return self.predicted / self.seconds if self.seconds else 0.0


_SUMMARY = TypeAdapter(BulkSummary)


def write_summary(summary: BulkSummary, folder: Path) -> None:
    """Write it as summary.json, with the rate."""
    content = _SUMMARY.dump_python(summary, mode="json", exclude={"passed_over"})
    content["passed_over"] = as_values(summary.passed_over)
    content["documents_per_second"] = round(summary.documents_per_second, 2)
    with written_whole(folder / SUMMARY) as temporary:
        temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read_summary(folder: Path) -> BulkSummary:
    """What the last run of the job in this folder wrote; InputError where it did not come to its end."""
    path = folder / SUMMARY
    try:
        return _SUMMARY.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise InputError(str(path), "no summary", "that of a job that has ended") from None


def remove_summary(folder: Path) -> None:
    """Remove that of an earlier run, so that one is there only where the last run came to its end."""
    (folder / SUMMARY).unlink(missing_ok=True)
