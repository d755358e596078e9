"""Bulk jobs over small shards with stand-ins for a model, and what is found when they have ended."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from fake_predictors import FakeLoad

from glre.bulk.job import do_shards
from glre.bulk.options import BulkOptions, ShardOptions
from glre.bulk.outcome import Event
from glre.bulk.plan import find_shards
from glre.bulk.state.folder import job_folder
from glre.bulk.state.record import JobRecord
from glre.bulk.state.summary import BulkSummary
from glre.bulk.workers.pool import work_here
from glre.bulk.workers.worker import Work
from glre.formats.outputs.output_format import OutputFormat
from glre.prediction.options import Precision

LONGEST = 240.0
JSONL = ShardOptions(OutputFormat.JSONL)
OPTIONS = BulkOptions(shards=ShardOptions(OutputFormat.JSONL), workers=2)
RECORD = JobRecord("models/a", "sha256:1", 0.5, None, Precision.FLOAT32, OutputFormat.JSONL, None)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def work(folder: Path, load: FakeLoad, workers: int = 2) -> list[Event]:
    shards = find_shards([str(folder / "in")], folder / "out", JSONL.output_format)
    return list(work_here(shards, Work(folder / "out", JSONL, load, 1), workers))


def documents_in(out: Path) -> list[str]:
    """Ids in all outputs."""
    return sorted(
        json.loads(line)["document_id"]
        for path in out.glob("*.jsonl")
        if "set_aside" not in path.name
        for line in path.read_text(encoding="utf-8").splitlines()
    )


def run(
    folder: Path, load: FakeLoad, options: BulkOptions = OPTIONS, record: JobRecord = RECORD, inputs: str = "in"
) -> BulkSummary:
    shards = find_shards([str(folder / inputs)], folder / "out", OutputFormat.JSONL)
    with job_folder(folder / "out", record) as ledger:
        return do_shards(shards, folder / "out", options, load, ledger)
