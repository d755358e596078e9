"""The same job on a real Ray cluster of two nodes, which are processes of this machine."""

import importlib.util
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_predictors import FakeLoad
from small_jobs import LONGEST, documents_in, run, until
from small_sample import ROOT
from small_shards import write_shard, write_shards

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
# A node ends with the tests, however these end.
LEASH = "import sys; from flows import leash; leash.GRACE = 3.0; sys.exit(leash.main(sys.argv[1:]))"


@dataclass(frozen=True)
class Cluster:
    """Where Ray's head listens, and the environment of those who may talk to it."""

    address: str
    environment: dict[str, str]

    def job(self, folder: Path, load: FakeLoad) -> "subprocess.Popen[str]":
        """A process that does the shards of `folder`, its current one, on the cluster."""
        arguments = [str(load.notes), self.address, str(load.seconds), load.fault]
        return subprocess.Popen(
            [sys.executable, "-c", JOB, *arguments],
            cwd=folder,
            env=self.environment,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Two nodes with a processor each."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="ray", dir="/tmp")  # Ray's sockets have no room for a long path
    environment = {
        **os.environ,
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "token",  # Ray listens on all of the machine's addresses
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        # Workers import the stand-ins of these tests.
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)]),
    }
    small = ["--num-cpus=1", "--object-store-memory=100000000", "--block"]
    head = ["--head", f"--port={port}", "--include-dashboard=false", f"--temp-dir={folder}"]
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for node in (head, [f"--address=127.0.0.1:{port}"]):
            command = [sys.executable, "-c", LEASH, shutil.which("ray") or "ray", "start", *node, *small]
            process = stack.enter_context(
                subprocess.Popen(
                    command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                )
            )
            assert process.stdin
            assert process.stdout
            stack.callback(process.stdin.close)
            assert any("Ray runtime started" in line for line in process.stdout)
        yield Cluster(f"127.0.0.1:{port}", environment)


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
    shown = ended(cluster.job(tmp_path / "there", FakeLoad(load.notes, seconds=0.5)))
    assert "6 of 6 shards, 18 documents" in shown
    assert len(load.parents()) == 2  # both nodes took part
    for path in (tmp_path / "here/out").glob("part-*.jsonl"):
        assert (tmp_path / "there/out" / path.name).read_bytes() == path.read_bytes()
    assert run(tmp_path / "there", load).skipped == 6


def test_workers_that_are_killed_lose_and_double_nothing(tmp_path: Path, load: FakeLoad, cluster: Cluster) -> None:
    names = write_shards(tmp_path / "in", shards=4)
    write_shard(tmp_path / "in/cut.jsonl", ["a", "kill-once", "z"])
    write_shard(tmp_path / "in/fatal.jsonl", ["b", "kill"])
    shown = ended(cluster.job(tmp_path, load))
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
    job = cluster.job(tmp_path, slow)
    ledger = tmp_path / "out/.ledger"
    until(lambda: ledger.exists() and ledger.read_text().count("part-") >= 2)
    job.kill()
    job.communicate(timeout=LONGEST)
    assert len(documents_in(tmp_path / "out")) < len(names)
    shown = ended(cluster.job(tmp_path, load))
    assert documents_in(tmp_path / "out") == sorted(names)
    assert "of 6 shards are complete already" in shown


def test_a_model_that_is_refused(tmp_path: Path, load: FakeLoad, cluster: Cluster) -> None:
    write_shards(tmp_path / "in", shards=2)
    shown = ended(cluster.job(tmp_path, FakeLoad(load.notes, fault="refused")), code=2)
    assert shown.splitlines()[-1] == "error: the model: found another one; expected this one"
    assert "Traceback" not in shown


def test_a_cluster_that_is_not_there(tmp_path: Path, load: FakeLoad, cluster: Cluster) -> None:
    write_shards(tmp_path / "in", shards=1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        nobody = f"127.0.0.1:{taken.getsockname()[1]}"
        shown = ended(Cluster(nobody, cluster.environment).job(tmp_path, load), code=2)
    assert shown.splitlines()[-1].startswith(f"error: --ray {nobody}: found no answer (connection refused)")
