"""From a shard to its output: all of it, or nothing."""

import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from glre.bulk.fingerprint import fingerprint
from glre.bulk.options import ShardOptions
from glre.bulk.outcome import ShardSummary
from glre.bulk.plan import Shard
from glre.bulk.state.attempt import attempt
from glre.bulk.workers.predicting import DocumentPredictor
from glre.errors import InputError
from glre.formats.inputs.sources import Source
from glre.formats.outputs.set_aside_file import SetAsideWriter, open_set_aside
from glre.formats.passed_over import PassedOverCounts
from glre.formats.reader import read_source
from glre.formats.set_aside import SetAside
from glre.formats.writer import Writer, open_writer

_REPORT_EVERY = 0.5
"""Seconds between two reports."""


def predict_shard(
    shard: Shard, output: Path, predictor: DocumentPredictor, options: ShardOptions, report: Callable[[int], None]
) -> ShardSummary:
    """Write the shard's output, and beside it what was set aside; `report` is told of further documents now and then.

    InputError where the shard as a whole is unusable, changes while it is read, or has seen too many workers die;
    of a strict reading where a document is unusable.
    """
    began = time.monotonic()
    content = fingerprint(shard.source)
    count = _Count(report)
    with attempt(shard, output) as folder:
        made, aside = folder / "output", folder / "set_aside"
        with open_writer(made, options.output_format) as writer, open_set_aside(aside) as others:
            _write(shard, predictor, options, writer, others, count)
        stat = shard.source.stat()
        if (stat.st_size, stat.st_mtime_ns) != (content.size, content.changed):
            raise InputError(str(shard.source), "a file that changed while it was read", "one that stays as it is")
        size = _settle(made)
        shard.output.parent.mkdir(parents=True, exist_ok=True)
        if count.set_aside:
            aside.replace(shard.set_aside)
        else:
            shard.set_aside.unlink(missing_ok=True)
        made.replace(shard.output)
    return ShardSummary(
        shard=shard.name,
        documents=count.documents,
        relations=count.relations,
        set_aside=count.set_aside,
        seconds=time.monotonic() - began,
        content=content,
        output_size=size,
        pairs=count.pairs,
        types=dict(count.types),
        passed_over=count.passed_over.rows,
    )


class _Count:
    """What has been written, told to somebody every so often."""

    def __init__(self, report: Callable[[int], None]) -> None:
        self.documents = self.relations = self.set_aside = self.pairs = 0
        self.types = Counter[str]()
        self.passed_over = PassedOverCounts()
        self._report, self._reported, self._last = report, 0, time.monotonic()

    def tell(self) -> None:
        """Report what has come since the last time, where that is long enough ago."""
        done = self.documents + self.set_aside
        if time.monotonic() - self._last >= _REPORT_EVERY:
            self._report(done - self._reported)
            self._reported, self._last = done, time.monotonic()


def _write(
    shard: Shard,
    predictor: DocumentPredictor,
    options: ShardOptions,
    writer: Writer,
    others: SetAsideWriter,
    count: _Count,
) -> None:
    documents = read_source(Source(str(shard.source), shard.source), options.reading, count.passed_over)
    for answer in predictor.stream(predictor.fitting(documents, str(shard.source))):
        if isinstance(answer, SetAside):
            if options.reading.strict:
                raise answer.error()
            others.write(answer)
            count.set_aside += 1
            count.passed_over.add([answer.passed_over()])
        else:
            writer.write(answer.document, answer.found)
            count.documents += 1
            count.relations += len(answer.found.relations)
            count.pairs += answer.found.pairs
            count.types.update(entity.type for entity in answer.document.entities)
        count.tell()


def _settle(path: Path) -> int:
    """Have the file on the disk before it is said to be there; its size in bytes."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        return os.fstat(file.fileno()).st_size
