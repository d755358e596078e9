"""The same job on a real Ray cluster of two nodes, which are processes of this machine."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_predictors import FakeLoad
from small_jobs import LONGEST, documents_in, run, until
from small_shards import write_shard, write_shards

from benchmarks.ray_cluster import Cluster, two_nodes

pytestmark = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="the extra `ray` is not installed")

JOB = """
import sys
from pathlib import Path
from dataclasses import replace
from fake_predictors import FakeLoad
from small_jobs import OPTIONS, run
from glre.errors import errors_reported
with errors_reported():
    load = FakeLoad(Path(sys.argv[1]), float(sys.argv[3]), sys.argv[4])
    run(Path(), load, replace(OPTIONS, ray=sys.argv[2], workers=None))
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    # Workers import the stand-ins of these tests.
    with two_nodes({**os.environ, "PYTHONPATH": str(Path(__file__).parent)}) as cluster:
        yield cluster


def started(cluster: Cluster, folder: Path, load: FakeLoad) -> "subprocess.Popen[str]":
    """A process that does the shards of `folder`, its current one, on the cluster."""
    arguments = [str(load.notes), cluster.address, str(load.seconds), load.fault]
    return subprocess.Popen(
        [sys.executable, "-c", JOB, *arguments],
        cwd=folder,
        env=cluster.environment,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(job: "subprocess.Popen[str]", code: int = 0) -> str:
    """What the job said on standard error."""
    _, shown = job.communicate(timeout=LONGEST)
    assert job.returncode == code, shown
    return shown


def test_outputs_are_those_of_a_job_without_ray(tmp_path: Path, load: FakeLoad, cluster: Cluster) -> None:
    for folder in ("here", "there"):
        write_shards(tmp_path / folder / "in", shards=6)
    run(tmp_path / "here", load)
    for note in load.notes.iterdir():
        note.unlink()
    shown = ended(started(cluster, tmp_path / "there", FakeLoad(load.notes, seconds=0.5)))
    assert "6 of 6 shards, 18 documents" in shown
    assert len(load.parents()) == 2  # both nodes took part
    for path in (tmp_path / "here/out").glob("part-*.jsonl"):
        assert (tmp_path / "there/out" / path.name).read_bytes() == path.read_bytes()
    assert run(tmp_path / "there", load).skipped == 6


def test_workers_that_are_killed_lose_and_double_nothing(tmp_path: Path, load: FakeLoad, cluster: Cluster) -> None:
    names = write_shards(tmp_path / "in", shards=4)
    write_shard(tmp_path / "in/cut.jsonl", ["a", "kill-once", "z"])
    write_shard(tmp_path / "in/fatal.jsonl", ["b", "kill"])
    shown = ended(started(cluster, tmp_path, load))
    assert (load.notes / "killed").exists()
    assert documents_in(tmp_path / "out") == sorted([*names, "a", "kill-once", "z"])
    assert len(list(load.notes.glob("began-kill-[0-9]*"))) == 3
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert summary["documents"] == 15
    assert [failure["shard"] for failure in summary["failed"]] == ["fatal.jsonl"]
    assert "3 workers died" in summary["failed"][0]["found"]
    assert "fatal.jsonl could not be done" in shown


def test_a_job_that_is_killed_is_taken_up_again(tmp_path: Path, load: FakeLoad, cluster: Cluster) -> None:
    names = write_shards(tmp_path / "in", shards=6, documents=8)
    slow = FakeLoad(load.notes, seconds=0.2)
    job = started(cluster, tmp_path, slow)
    ledger = tmp_path / "out/.ledger"
    until(lambda: ledger.exists() and ledger.read_text().count("part-") >= 2)
    job.kill()
    job.communicate(timeout=LONGEST)
    assert len(documents_in(tmp_path / "out")) < len(names)
    shown = ended(started(cluster, tmp_path, load))
    assert documents_in(tmp_path / "out") == sorted(names)
    assert "of 6 shards complete already" in shown


def test_a_model_that_is_refused(tmp_path: Path, load: FakeLoad, cluster: Cluster) -> None:
    write_shards(tmp_path / "in", shards=2)
    shown = ended(started(cluster, tmp_path, FakeLoad(load.notes, fault="refused")), code=2)
    assert shown.splitlines()[-1] == "error: the model: found another one; expected this one"
    assert "Traceback" not in shown


def test_a_cluster_that_is_not_there(tmp_path: Path, load: FakeLoad, cluster: Cluster) -> None:
    write_shards(tmp_path / "in", shards=1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        nobody = f"127.0.0.1:{taken.getsockname()[1]}"
        shown = ended(started(Cluster(nobody, cluster.environment), tmp_path, load), code=2)
    assert shown.splitlines()[-1].startswith(f"error: --ray {nobody}: found no answer (connection refused)")
