"""A bulk job from its beginning, or from where it was cut, to its end."""

import sys
import time
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from glre.bulk.options import BulkOptions
from glre.bulk.outcome import Event, ShardFailure, ShardLost, ShardSummary
from glre.bulk.pace import Pace
from glre.bulk.plan import Shard, find_shards
from glre.bulk.state.folder import job_folder
from glre.bulk.state.ledger import Ledger
from glre.bulk.state.record import JobRecord, model_hash
from glre.bulk.state.summary import BulkSummary, remove_summary, write_summary
from glre.bulk.workers.pool import cores, work_here
from glre.bulk.workers.predicting import Load, ModelLoad
from glre.bulk.workers.worker import Work
from glre.counted import counted
from glre.errors import InputError
from glre.formats.passed_over import PassedOverCounts
from glre.prediction.model_source import find_model
from glre.prediction.options import Precision, arithmetic
from glre.prediction.thresholds import asked_threshold
from glre.progress import progress
from glre.systems.trained import load_settings


def run_bulk(model: str, inputs: Sequence[str], output: Path, options: BulkOptions) -> BulkSummary:
    """Predict relations in every shard of `inputs` into the folder `output`, one file for each, and `summary.json`.

    Shards whose outputs are complete are passed over. A shard that can't be done is in the summary's `failed`, and the
    others are finished; with `strict` the first one ends the job. InputError where model, inputs or folder are
    unusable, or the folder belongs to a job with another model or other options.
    """
    folder = find_model(model).resolve()
    shards = find_shards(inputs, output, options.shards.output_format)
    # What is left open is settled here, for all workers and later runs.
    asked = replace(
        options.prediction,
        threshold=asked_threshold(folder, load_settings(folder), options.prediction).threshold,
        min_precision=None,
        precision=Precision(arithmetic(options.prediction.precision)),
    )
    load = ModelLoad(folder, asked)
    record = JobRecord(
        model=model,
        weights=model_hash(folder),
        threshold=asked.threshold,
        top=asked.top,
        precision=asked.precision,
        output_format=options.shards.output_format,
        input_format=options.shards.reading.format,
        offsets=options.shards.reading.offsets,
        types=asked.types,
    )
    with job_folder(output, record) as ledger:
        return do_shards(shards, output, options, load, ledger)


def do_shards(shards: Sequence[Shard], output: Path, options: BulkOptions, load: Load, ledger: Ledger) -> BulkSummary:
    """Do what the ledger doesn't have, and write down what is done."""
    began = time.monotonic()
    remove_summary(output)
    remaining = [shard for shard in shards if not _complete(shard, ledger, options.shards.reading.strict)]
    skipped = len(shards) - len(remaining)
    _say_what_is_there(shards, remaining, ledger)
    predicted, failed = 0, []
    pace = Pace(remaining, skipped)
    with (
        closing(_events(remaining, output, options, load)) as events,
        progress("predicting", pace.total, "bytes") as tracker,
    ):
        for event in events:
            if isinstance(event, ShardSummary):
                ledger.add(event)
                predicted += event.documents
            elif isinstance(event, ShardFailure):
                if options.shards.reading.strict:
                    raise InputError(event.place, event.found, event.expected)
                failed.append(event)
            elif isinstance(event, ShardLost):
                print(f"{event.shard}: its worker is gone ({event.reason}); it begins again", file=sys.stderr)
            tracker.advance(pace.take(event), str(pace))
    for failure in failed:
        print(f"{failure.shard} could not be done: {failure}", file=sys.stderr)
    done = [found for shard in shards if (found := ledger.complete(shard))]
    counts, types = PassedOverCounts(), Counter[str]()
    for shard in done:
        counts.add(shard.passed_over)
        types.update(shard.types)
    summary = BulkSummary(
        shards=len(shards),
        skipped=skipped,
        documents=sum(shard.documents for shard in done),
        relations=sum(shard.relations for shard in done),
        set_aside=sum(shard.set_aside for shard in done),
        predicted=predicted,
        seconds=time.monotonic() - began,
        failed=tuple(failed),
        pairs=sum(shard.pairs for shard in done),
        types=dict(types),
        passed_over=counts.rows,
    )
    write_summary(summary, output)
    return summary


def _complete(shard: Shard, ledger: Ledger, strict: bool) -> bool:
    """Whether nothing is left to do; strict is content with no document set aside."""
    found = ledger.complete(shard)
    return found is not None and not (strict and found.set_aside)


def _events(shards: Sequence[Shard], output: Path, options: BulkOptions, load: Load) -> Generator[Event]:
    if options.ray is not None:
        from glre.bulk.workers.ray_cluster import work_on_ray

        # Workers on other machines, or just in other folders.
        absolute = [shard.absolute() for shard in shards]
        return work_on_ray(absolute, Work(output.absolute(), options.shards, load, 1), options.workers, options.ray)
    workers = options.workers or 1
    return work_here(shards, Work(output, options.shards, load, max(1, cores() // workers)), workers)


def _say_what_is_there(shards: Sequence[Shard], remaining: Sequence[Shard], ledger: Ledger) -> None:
    complete = len(shards) - len(remaining)
    if complete:
        print(f"{complete:,} of {counted(len(shards), 'shard')} complete already", file=sys.stderr)
    changed = [shard for shard in remaining if ledger.knows(shard)]
    for shard in changed:
        print(f"{shard.source}: changed since it was predicted, or its output did; it is done again", file=sys.stderr)
    others = ledger.others(shards)
    if others:
        print(
            f"{len(others)} outputs are of shards that are not among the inputs, such as {others[0]}", file=sys.stderr
        )
