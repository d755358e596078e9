"""Processes that die, that can't begin, and that outlive nobody; the predictor is a stand-in."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from fake_predictors import FakeLoad
from small_jobs import JSONL, LONGEST, documents_in, until, work
from small_shards import write_shard, write_shards

from glre.bulk.outcome import Event, ShardFailure, ShardLost, ShardSummary
from glre.bulk.plan import find_shards
from glre.bulk.workers.pool import work_here
from glre.bulk.workers.worker import Work
from glre.errors import InputError


def summaries(events: list[Event]) -> list[ShardSummary]:
    return [event for event in events if isinstance(event, ShardSummary)]


def test_every_shard_has_its_output(tmp_path: Path, load: FakeLoad) -> None:
    names = write_shards(tmp_path / "in")
    events = work(tmp_path, replace(load, seconds=0.5))
    assert documents_in(tmp_path / "out") == sorted(names)
    assert [summary.documents for summary in summaries(events)] == [3, 3, 3, 3]
    assert len(load.workers()) == 2
    assert not any(psutil.pid_exists(pid) for pid in load.workers())


def test_the_largest_shard_is_the_first(tmp_path: Path, load: FakeLoad) -> None:
    for shard, documents in (("small", 1), ("large", 9), ("middle", 4)):
        write_shard(tmp_path / "in" / f"{shard}.jsonl", [f"{shard}{number}" for number in range(documents)])
    events = work(tmp_path, load, workers=1)
    assert [summary.shard for summary in summaries(events)] == ["large.jsonl", "middle.jsonl", "small.jsonl"]


def test_a_worker_that_is_killed_is_replaced_and_its_shard_done(tmp_path: Path, load: FakeLoad) -> None:
    names = write_shards(tmp_path / "in")
    write_shard(tmp_path / "in" / "cut.jsonl", ["a", "kill-once", "z"])
    events = work(tmp_path, load)
    lost = [event for event in events if isinstance(event, ShardLost)]
    assert [(event.shard, event.reason) for event in lost] == [("cut.jsonl", "it was killed by SIGKILL")]
    assert documents_in(tmp_path / "out") == sorted([*names, "a", "kill-once", "z"])
    assert len(load.workers()) >= 2


@pytest.mark.parametrize("name", ["kill", "short"])
def test_a_shard_that_kills_every_worker_is_given_up_and_the_others_finished(
    tmp_path: Path, load: FakeLoad, name: str
) -> None:
    names = write_shards(tmp_path / "in", shards=2)
    write_shard(tmp_path / "in" / "bad.jsonl", ["a", name])
    events = work(tmp_path, load)
    failures = [event for event in events if isinstance(event, ShardFailure)]
    assert [failure.shard for failure in failures] == ["bad.jsonl"]
    assert "3 workers died" in failures[0].found
    assert sum(isinstance(event, ShardLost) for event in events) == 3
    assert len(list(load.notes.glob(f"began-{name}-*"))) == 3
    assert documents_in(tmp_path / "out") == sorted(names)


def test_a_mistake_costs_its_shard_alone(tmp_path: Path, load: FakeLoad) -> None:
    names = write_shards(tmp_path / "in", shards=2)
    write_shard(tmp_path / "in" / "bad.jsonl", ["a", "wrong"])
    events = work(tmp_path, load, workers=1)
    (failure,) = [event for event in events if isinstance(event, ShardFailure)]
    assert failure.found == "ZeroDivisionError: a mistake in the model"
    assert documents_in(tmp_path / "out") == sorted(names)
    assert len(load.workers()) == 1


def test_a_model_that_is_refused(tmp_path: Path, load: FakeLoad) -> None:
    write_shards(tmp_path / "in")
    with pytest.raises(InputError, match="the model: found another one; expected this one"):
        work(tmp_path, replace(load, fault="refused"))


def test_workers_that_die_while_they_load(tmp_path: Path, load: FakeLoad) -> None:
    write_shards(tmp_path / "in")
    with pytest.raises(InputError, match="exit code 3, while it loaded the model"):
        work(tmp_path, replace(load, fault="dies"))
    assert len(load.workers()) <= 4


def test_workers_end_with_whoever_stops_listening(tmp_path: Path, load: FakeLoad) -> None:
    write_shards(tmp_path / "in", documents=400)
    shards = find_shards([str(tmp_path / "in")], tmp_path / "out", JSONL.output_format)
    with closing(work_here(shards, Work(tmp_path / "out", JSONL, replace(load, seconds=0.05), 1), 2)) as events:
        next(events)
        assert len(load.workers()) > 0
    assert not any(psutil.pid_exists(pid) for pid in load.workers())
    assert documents_in(tmp_path / "out") == []


JOB = """
import signal, sys
from pathlib import Path
from fake_predictors import FakeLoad
from small_jobs import work
if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    work(Path(sys.argv[1]), FakeLoad(Path(sys.argv[2]), seconds=0.2))
"""


@pytest.mark.parametrize("request_to_end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_the_job(tmp_path: Path, load: FakeLoad, request_to_end: signal.Signals) -> None:
    write_shards(tmp_path / "in", documents=2000)
    script = tmp_path / "job.py"
    script.write_text(JOB, encoding="utf-8")
    job = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path), str(load.notes)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until(lambda: len(load.workers()) == 2 and list(load.notes.glob("began-*")))
    if request_to_end is signal.SIGINT:  # a terminal's Ctrl-C reaches the workers as well
        os.killpg(job.pid, request_to_end)
    else:
        job.send_signal(request_to_end)
    _, shown = job.communicate(timeout=LONGEST)
    until(lambda: not any(psutil.pid_exists(pid) for pid in load.workers()))
    assert documents_in(tmp_path / "out") == []
    if request_to_end is not signal.SIGKILL:
        assert shown.count("Traceback") == 1, shown  # the job's own, which the command line turns into a line
