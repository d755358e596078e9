"""The flows on a real Prefect server: restarts, cancelling, failures, alarms, and the end of all of it."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from prefect_server import METRICS, NIGHTLY, NOW, Prefect, serving_copy, until
from workspaces import LONGEST, STAGES, TARGET, Workspace


@pytest.fixture(scope="module")
def prefect(undisturbed: Workspace, tmp_path_factory: pytest.TempPathFactory, store: Path) -> Iterator[Prefect]:
    with serving_copy(undisturbed, (), tmp_path_factory.mktemp("prefect") / "glre", store) as server:
        yield server


def test_a_server_that_is_restarted(prefect: Prefect) -> None:
    (prefect.workspace.root / METRICS).unlink()
    flow_run = prefect.start(NOW)
    prefect.process_of(flow_run)
    until(lambda: prefect.run(flow_run)["state"]["type"] == "RUNNING")
    server = prefect.service("server")
    for process in [*server.children(recursive=True), server]:
        process.kill()
    assert psutil.wait_procs([server], timeout=60)[0]

    def answers() -> bool:
        try:
            return bool(prefect.run(flow_run))
        except OSError:
            return False

    until(answers, "the server")
    run = prefect.ended(flow_run)
    assert run["state"]["name"] == "Completed"
    assert run["run_count"] == 1
    assert (prefect.workspace.root / METRICS).is_file()


def test_cancelling_ends_the_processes(prefect: Prefect) -> None:
    pids = prefect.workspace.root / "pids"
    flow_run = prefect.start(NOW, targets=["hang"])
    until(lambda: pids.is_file() and len(pids.read_text().split()) == 2, "the stage")
    prefect.post(f"flow_runs/{flow_run}/set_state", state={"type": "CANCELLING"})
    assert prefect.ended(flow_run)["state"]["name"] == "Cancelled"
    assert not any(psutil.pid_exists(int(pid)) for pid in pids.read_text().split())
    (run,) = prefect.workspace.runs(stage="flow", flow_run=flow_run)
    assert run.info.status == "KILLED"


def test_a_stage_that_fails(prefect: Prefect) -> None:
    run = prefect.ended(prefect.start(NOW, targets=["break"]))
    assert run["state"]["type"] == "FAILED"
    assert "something is wrong here" in run["state"]["message"]
    assert prefect.tasks(run["id"])["break"] == "Failed"
    (failed,) = prefect.workspace.runs(stage="flow", flow_run=run["id"])
    assert failed.info.status == "FAILED"


def test_nightly_fetches_anew_and_is_an_alarm(prefect: Prefect) -> None:
    path = prefect.workspace.root / METRICS
    better = json.loads(path.read_text())
    better["test"]["f1"] += 0.05
    path.write_text(json.dumps(better))
    run = prefect.ended(prefect.start(NIGHTLY))
    # The source was fetched, and was what it had been.
    assert prefect.tasks(run["id"]) == {
        **dict.fromkeys(STAGES[:4], "Skipped"),
        STAGES[0]: "Completed",
        TARGET: "Completed",
    }
    assert run["state"]["name"] == "MetricsFell"
    assert "sample-glre test f1: " in run["state"]["message"]
    assert "sample-glre test f1: " in prefect.artifacts(run["id"])["metrics-fell"]


def test_stopping_all_of_it_ends_what_runs(prefect: Prefect) -> None:
    """The last test of this server."""
    pids = prefect.workspace.root / "pids"
    pids.unlink(missing_ok=True)
    flow_run = prefect.start(NOW, targets=["hang"])
    until(lambda: pids.is_file() and len(pids.read_text().split()) == 2, "the stage")
    flow = prefect.process_of(flow_run)
    prefect.process.send_signal(signal.SIGINT)
    assert prefect.process.wait(LONGEST) == 0
    assert not flow.is_running()
    assert not any(psutil.pid_exists(int(pid)) for pid in pids.read_text().split())
    (run,) = prefect.workspace.runs(stage="flow", flow_run=flow_run)
    assert run.info.status == "KILLED"
