"""The same bulk job by local workers and on a Ray cluster of two nodes, where one worker is killed.

python -m benchmarks.bulk_ray
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import psutil
import typer

from benchmarks import report
from benchmarks.bulk_documents import GeneratedShard, generated_shards, write_generated
from benchmarks.measuring import launch_environment
from benchmarks.ray_cluster import two_nodes
from glre.errors import InputError, errors_reported
from glre.grid.params import read_settings

_ACTOR = "ShardActor"
"""In the title of the processes that Ray gives to the workers."""


@dataclass(frozen=True)
class Results:
    """`seconds` of both jobs, model and cluster loaded anew; how many outputs were there when a worker was killed."""

    documents: int
    shards: int
    local_seconds: float
    ray_seconds: float
    killed_at: int
    relations: int


def main(
    work: Annotated[Path, typer.Option(help="Where shards and outputs go; made anew.")] = Path("/tmp/glre_bulk_ray"),
    model: Annotated[str, typer.Option(help="A model, as `glre predict` takes it.")] = "models/sample/glre/seed-1",
    documents: Annotated[int, typer.Option(help="Documents in all.")] = 10_000,
    in_shard: Annotated[int, typer.Option(help="Documents in a shard.")] = 500,
) -> None:
    """Run both jobs, compare their outputs; write docs/benchmarks/bulk_ray.json and its block in docs/benchmarks.md.

    Example: python -m benchmarks.bulk_ray --documents 400 --in-shard 20
    """
    environment = launch_environment(read_settings().launch, 1) | {"HF_HUB_OFFLINE": "1"}
    made_by = report.origin("benchmarks.bulk_ray", environment)
    shutil.rmtree(work, ignore_errors=True)
    shards = generated_shards(work / "shards", documents, in_shard, "parquet")
    for shard in shards:
        write_generated(shard)
    given = [str(Path(sys.executable).with_name("glre")), "predict", model, str(work / "shards"), "--to", "jsonl"]
    own = os.environ | environment
    began = time.monotonic()
    _ended(subprocess.Popen([*given, "-o", str(work / "local"), "--workers", "2"], env=own))
    local_seconds = time.monotonic() - began
    with two_nodes(own) as cluster:
        began = time.monotonic()
        job = subprocess.Popen([*given, "-o", str(work / "ray"), "--ray", cluster.address], env=cluster.environment)
        killed_at = _kill_a_worker(job, work / "ray", len(shards))
        _ended(job)
        ray_seconds = time.monotonic() - began
    relations = _same(work, shards)
    results = Results(documents, len(shards), local_seconds, ray_seconds, killed_at, relations)
    report.write_results(report.FOLDER / "bulk_ray.json", made_by, asdict(results))
    report.write_block("bulk_ray", _page(results, made_by))


def _kill_a_worker(job: "subprocess.Popen[bytes]", output: Path, shards: int) -> int:
    """Kill one in the middle of the job, while it works; how many outputs there were."""
    while len(_outputs(output)) < shards * 2 // 5:
        if job.poll() is not None:
            raise InputError("the job on Ray", f"its end, exit code {job.returncode}", "work to interrupt")
        time.sleep(0.2)
    time.sleep(1.0)
    actors = [process for process in psutil.process_iter(["cmdline"]) if _is_actor(process)]
    if not actors:
        raise InputError("the cluster", f"no process {_ACTOR}", "workers")
    actors[0].kill()
    return len(_outputs(output))


def _is_actor(process: psutil.Process) -> bool:
    words: Sequence[str] = process.info["cmdline"] or ()
    return any(word.startswith("ray::") and _ACTOR in word for word in words)


def _outputs(folder: Path) -> list[Path]:
    return list(folder.glob("part-*.jsonl"))


def _ended(job: "subprocess.Popen[bytes]") -> None:
    if job.wait() != 0:
        raise InputError("the job", f"exit code {job.returncode}", "0")


def _same(work: Path, shards: Sequence[GeneratedShard]) -> int:
    """Relations in the outputs; InputError unless both jobs wrote the same bytes, a line for each document."""
    relations = 0
    for folder in (work / "local", work / "ray"):
        if len(_outputs(folder)) != len(shards):
            raise InputError(str(folder), f"{len(_outputs(folder))} outputs", str(len(shards)))
    for shard in shards:
        local, ray = (work / folder / f"{shard.path.stem}.jsonl" for folder in ("local", "ray"))
        content = ray.read_bytes()
        if content != local.read_bytes():
            raise InputError(str(ray), "other predictions", f"those of {local}, byte for byte")
        lines = content.count(b"\n")
        if lines != shard.documents:
            raise InputError(str(ray), f"{lines} documents", str(shard.documents))
        relations += content.count(b'"score"')
    return relations


def _page(results: Results, made_by: report.Origin) -> str:
    return "\n\n".join(
        [
            made_by.sentence(),
            f"{results.documents:,} generated documents in {results.shards} shards. Two local workers: "
            f"{results.local_seconds:.0f} s. On a Ray cluster of two nodes, which are processes of this machine with a "
            f"processor each: {results.ray_seconds:.0f} s, with one worker killed by SIGKILL when {results.killed_at} "
            f"outputs were there. Both wrote the same {results.relations:,} relations, byte for byte.",
        ]
    )


if __name__ == "__main__":
    with errors_reported():
        typer.run(main)
