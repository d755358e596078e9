"""A DVC stage as a Prefect task, with a real server and a real repository."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId, TaskRunFilter, TaskRunFilterFlowRunId
from prefect.client.schemas.objects import Log, State, TaskRun
from prefect.runtime import flow_run

from flows import stage_task as module
from flows.stage_task import StageError, StageHinderedError, stage_task

pytestmark = pytest.mark.usefixtures("prefect")


def write_stages(root: Path, **commands: str) -> None:
    stages = {name: {"cmd": command, "outs": [f"{name}.txt"]} for name, command in commands.items()}
    (root / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages}), encoding="utf-8")


def run(stage: str, root: Path, force: bool = False, seconds: float | None = None) -> tuple[State[Any], str]:
    """The end of a flow's only task, and the flow run's id."""

    @flow
    def only() -> tuple[State[Any], str]:
        task = stage_task(stage)
        if seconds:
            task = task.with_options(timeout_seconds=seconds)
        return task(stage, root, {"COLOUR": "green"}, force, return_state=True), str(flow_run.id)

    return only()


def task_run(flow_run_id: str) -> TaskRun:
    deadline = time.monotonic() + 30
    while True:
        with get_client(sync_client=True) as client:
            wanted = TaskRunFilter(flow_run_id=TaskRunFilterFlowRunId(any_=[flow_run_id]))
            found = client.read_task_runs(task_run_filter=wanted)
        if found and found[0].state and found[0].state.is_final():
            return found[0]
        assert time.monotonic() < deadline
        time.sleep(0.2)


def logs(flow_run_id: str) -> list[Log]:
    with get_client(sync_client=True) as client:
        return client.read_logs(LogFilter(flow_run_id=LogFilterFlowRunId(any_=[flow_run_id])))


def lines(flow_run_id: str, expected: str) -> list[str]:
    """Messages of the log, as soon as one holds `expected`: they are sent in the background."""
    deadline = time.monotonic() + 30
    while True:
        found = [entry.message for entry in logs(flow_run_id)]
        if any(expected in line for line in found):
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.2)


def test_a_stage_that_runs_and_then_is_up_to_date(repository: Path) -> None:
    write_stages(repository, greet="echo hello $COLOUR; echo 1 > greet.txt")
    state, flow_run_id = run("greet", repository)
    assert state.name == "Completed"
    assert (repository / "greet.txt").read_text() == "1\n"
    assert "hello green" in lines(flow_run_id, "hello")
    assert task_run(flow_run_id).name == "greet"

    state, flow_run_id = run("greet", repository)
    assert state.name == "Skipped"
    assert state.is_completed()
    assert task_run(flow_run_id).state_name == "Skipped"
    assert not any(line == "hello green" for line in lines(flow_run_id, "didn't change"))

    state, flow_run_id = run("greet", repository, force=True)
    assert state.name == "Completed"
    assert "hello green" in lines(flow_run_id, "hello")


def test_a_failure_has_the_last_lines_and_is_not_tried_again(repository: Path) -> None:
    write_stages(repository, count="for n in $(seq 100); do echo line $n; done; exit 7")
    state, flow_run_id = run("count", repository)
    assert state.is_failed()
    with pytest.raises(StageError, match="count ended with exit code") as raised:
        state.result()
    assert not isinstance(raised.value, StageHinderedError)
    shown = str(raised.value).splitlines()
    assert len(shown) == 1 + module.LAST_LINES
    assert "line 100" in shown
    assert "line 50" not in shown
    assert task_run(flow_run_id).run_count == 1


def test_a_download_is_tried_again(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_run", module._run.with_options(retry_delay_seconds=0.1))
    done = repository / "tries"
    fails_twice = f'echo x >> {done}; [ "$(wc -l < {done})" -ge 3 ] && echo 1 > a.txt'
    stages = {"download": {"foreach": ["a"], "do": {"cmd": fails_twice, "outs": ["a.txt"]}}}
    (repository / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages}), encoding="utf-8")
    state, flow_run_id = run("download@a", repository)
    assert state.name == "Completed"
    assert task_run(flow_run_id).run_count == 3


def test_a_workspace_that_another_process_has_locked(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_run", module._run.with_options(retry_delay_seconds=3))
    write_stages(repository, slow="sleep 8; echo 1 > slow.txt", quick="echo 1 > quick.txt")
    other = subprocess.Popen([sys.executable, "-m", "dvc", "repro", "slow"], cwd=repository, stdout=subprocess.PIPE)
    assert other.stdout
    other.stdout.readline()
    state, _ = run("slow", repository)
    assert other.wait() == 0
    assert state.name == "Skipped"


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, as it does not in what a shell started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("how", ["time-out", "interrupt"])
def test_a_task_that_is_ended_ends_its_processes(repository: Path, how: str) -> None:
    pids = repository / "pids"
    write_stages(repository, hang=f"echo $$ > {pids}; sleep 600 & echo $! >> {pids}; wait")
    if how == "time-out":
        state, _ = run("hang", repository, seconds=6)
        assert state.name == "TimedOut"
    else:

        def interrupt() -> None:
            while not (pids.is_file() and len(pids.read_text().split()) == 2):
                time.sleep(0.05)
            os.kill(os.getpid(), signal.SIGINT)

        threading.Thread(target=interrupt, daemon=True).start()
        with pytest.raises(KeyboardInterrupt):
            run("hang", repository)
    for pid in pids.read_text().split():
        assert not Path(f"/proc/{pid}").exists()
