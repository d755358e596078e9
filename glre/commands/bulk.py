"""Relations in many shards, as one job. Not a DVC stage: what it reads and writes, and where, is the user's choice."""

import sys
from collections.abc import Sequence
from pathlib import Path

from glre.bulk.job import run_bulk
from glre.bulk.options import BulkOptions
from glre.bulk.state.summary import SUMMARY
from glre.counted import counted
from glre.errors import InputError
from glre.formats.passed_over import in_lines
from glre.prediction.model_source import find_model
from glre.prediction.without_pairs import without_pairs
from glre.systems.trained import load_settings


def run(model: str, inputs: Sequence[str], output: Path, options: BulkOptions) -> None:
    """Predict a file for each shard into the folder `output`, or go on with what is there; told on standard error.

    InputError as `run_bulk` raises it, and where a shard could not be done, when all others are.
    """
    summary = run_bulk(model, inputs, output, options)
    parts = [
        counted(summary.shards, "shard"),
        counted(summary.documents, "document"),
        counted(summary.relations, "relation"),
    ]
    if summary.set_aside:
        parts.append(f"{summary.set_aside:,} set aside")
    if summary.predicted:
        parts.append(f"{summary.documents_per_second:,.1f} documents/s in this run")
    print(", ".join(parts), file=sys.stderr)
    if summary.documents and not summary.pairs:
        rules = load_settings(find_model(model)).candidates
        print(without_pairs(rules, summary.types, summary.passed_over), file=sys.stderr)
    print(in_lines(summary.passed_over), end="", file=sys.stderr)
    if summary.failed:
        found = f"{len(summary.failed):,} of {counted(summary.shards, 'shard')} without an output"
        raise InputError(str(output / SUMMARY), found, "all; the next run takes up those that are missing")
