"""A bulk job over generated documents: speed, memory over time, and what is left of it when it is killed.

python -m benchmarks.bulk --documents 100000
"""

import json
import os
import random
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import report
from benchmarks.bulk_documents import GeneratedShard, generated_shards, write_generated
from benchmarks.bulk_page import Results, page, peaks_by_part, plot, write_samples
from benchmarks.bulk_watch import Kill, Sample, Task, watched_run
from benchmarks.measuring import launch_environment
from glre.errors import InputError, errors_reported
from glre.files import written_whole
from glre.grid.params import read_settings
from glre.progress import progress

_KILLED_BETWEEN = ((0.15, 0.45), (0.5, 0.85))
"""Shares of the shards between which the job is killed, once for each pair."""
_AFTER = 5.0
"""Most seconds between a shard's end and the kill."""


def main(
    work: Annotated[Path, typer.Option(help="Where shards and outputs go; made anew but for shards that fit.")] = Path(
        "/tmp/glre_bulk"
    ),
    model: Annotated[str, typer.Option(help="A model, as `glre predict` takes it.")] = "models/sample/glre/seed-1",
    documents: Annotated[int, typer.Option(help="Documents in all.")] = 100_000,
    in_shard: Annotated[int, typer.Option(help="Documents in a shard.")] = 2_000,
    workers: Annotated[int, typer.Option(help="Worker processes.")] = 2,
    seed: Annotated[int, typer.Option(help="Of the moments at which the job is killed.")] = 1,
) -> None:
    """Run the job, kill it twice, check its outputs; write docs/benchmarks/bulk.* and the block in docs/benchmarks.md.

    Example: python -m benchmarks.bulk --documents 2000 --in-shard 100
    """
    environment = launch_environment(read_settings().launch, 1)
    os.environ.update(environment, HF_HUB_OFFLINE="1")
    made_by = report.origin("benchmarks.bulk", environment)
    shards = generated_shards(work / "shards", documents, in_shard, "parquet")
    _generate(shards, work)
    task = Task(model, work / "shards", work / "output", workers)
    kills = _kills(len(shards), random.Random(seed))
    began = time.monotonic()
    samples: list[Sample] = []
    killed_at = []
    for run, kill in enumerate([*kills, None], start=1):
        samples += watched_run(task, run, began, kill)
        if kill:
            killed_at.append(task.complete())
    results = Results(
        model=model,
        documents=documents,
        shards=len(shards),
        workers=workers,
        seconds=time.monotonic() - began,
        killed_at=killed_at,
        found=_checked(shards, task.output),
        peaks=peaks_by_part(samples, len(shards)),
    )
    _write(results, samples, made_by, work)


def _generate(shards: tuple[GeneratedShard, ...], work: Path) -> None:
    shutil.rmtree(work / "output", ignore_errors=True)
    names = {shard.path for shard in shards}
    for path in (work / "shards").glob("*"):
        if path not in names:
            path.unlink()
    mark = work / "shards.json"  # which documents the shards hold
    content = json.dumps([str(asdict(shard)) for shard in shards])
    if mark.is_file() and mark.read_text(encoding="utf-8") == content and all(shard.path.is_file() for shard in shards):
        return
    with progress("generating", len(shards), "shard") as bar:
        for shard in shards:
            write_generated(shard)
            bar.advance()
    mark.write_text(content, encoding="utf-8")


def _kills(shards: int, chance: random.Random) -> list[Kill]:
    return [
        Kill(max(1, round(shards * chance.uniform(low, high))), chance.uniform(0, _AFTER))
        for low, high in _KILLED_BETWEEN
    ]


def _checked(shards: Iterable[GeneratedShard], output: Path) -> int:
    """The number of documents in the outputs; InputError unless each is in its shard's once, in order."""
    count = 0
    for shard in shards:
        path = output / f"{shard.path.stem}.jsonl"
        with path.open(encoding="utf-8") as lines:
            found = [json.loads(line)["document_id"] for line in lines]
        if found != [str(shard.first_id + number) for number in range(shard.documents)]:
            raise InputError(str(path), f"{len(found)} documents, {len(set(found))} of them different", "each once")
        count += len(found)
    outputs = {path.stem for path in output.glob("part-*.jsonl")}
    if strange := outputs - {shard.path.stem for shard in shards}:
        raise InputError(str(output), f"outputs of no shard ({sorted(strange)[0]})", "an output for each shard")
    return count


def _write(results: Results, samples: list[Sample], made_by: report.Origin, work: Path) -> None:
    report.write_results(report.FOLDER / "bulk.json", made_by, asdict(results))
    write_samples(samples, report.FOLDER / "bulk.csv")
    figure = plot(samples)
    report.write_plot(figure, report.FOLDER / "bulk.svg")
    with written_whole(work / "memory.png") as temporary:
        figure.savefig(temporary, format="png", dpi=150)
    report.write_block("bulk", page(results, made_by))


if __name__ == "__main__":
    with errors_reported():
        typer.run(main)
