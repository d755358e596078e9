"""The flows on a real Prefect server: schedules, crashes, restarts, cancelling, failures, alarms."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml
from prefect_server import Prefect, serving, until
from workspaces import LONGEST, STAGES, Workspace, copy_tree, copy_without

METRICS = "results/sample/glre/metrics.json"
SCHEDULED = "pipeline/scheduled"
NOW = "pipeline/now"
NIGHTLY = "nightly/now"

DEPLOYMENTS: dict[str, Any] = {
    "pull": [{"prefect.deployments.steps.set_working_directory": {"directory": "{{ $GLRE_ROOT }}"}}],
    "deployments": [
        {
            "name": "scheduled",
            "entrypoint": "flows/pipeline.py:pipeline",
            "work_pool": {"name": "glre"},
            "schedules": [{"interval": 15, "active": False}],
        },
        {"name": "now", "entrypoint": "flows/pipeline.py:pipeline", "work_pool": {"name": "glre"}},
        {
            "name": "now",
            "entrypoint": "flows/nightly.py:nightly",
            "work_pool": {"name": "glre"},
            "parameters": {"points": ["sample-glre"]},
        },
    ],
}
HANGING = {"hang": {"cmd": "sh -c 'echo $$ > pids; sleep 600 & echo $! >> pids; wait'", "outs": ["hang.txt"]}}
BREAKING = {"break": {"cmd": "echo something is wrong here; exit 3", "outs": ["break.txt"]}}


@pytest.fixture(scope="module")
def prefect(undisturbed: Workspace, tmp_path_factory: pytest.TempPathFactory, store: Path) -> Iterator[Prefect]:
    workspace = copy_without(STAGES[3:], undisturbed, tmp_path_factory.mktemp("prefect") / "glre", store)
    (workspace.root / "prefect.yaml").write_text(yaml.safe_dump(DEPLOYMENTS), encoding="utf-8")
    graph = yaml.safe_load((workspace.root / "dvc.yaml").read_text(encoding="utf-8"))
    graph["stages"] |= HANGING | BREAKING
    (workspace.root / "dvc.yaml").write_text(yaml.safe_dump(graph, sort_keys=False), encoding="utf-8")
    with serving(workspace) as server:
        yield server


def test_a_killed_run_is_picked_up_and_ends_as_if_undisturbed(prefect: Prefect, undisturbed: Workspace) -> None:
    root = prefect.workspace.root
    first = prefect.start(NOW)
    process = prefect.process_of(first)
    until(lambda: list(root.glob("checkpoints/sample/glre/*/seed-1/epoch-*")), "a checkpoint")
    stages = [child for child in process.children(recursive=True) if "train" in child.cmdline()]
    assert stages
    # As when the machine dies: worker and flow at once, and nobody is left who could say so.
    worker = prefect.service("worker")
    for own in (worker, process):
        own.kill()
    psutil.wait_procs(stages, timeout=60)
    assert not any(stage.is_running() for stage in stages)

    run = prefect.ended(first)
    assert run["state"]["name"] == "Completed"
    assert run["run_count"] == 2
    states = prefect.tasks(first)
    assert set(states) == set(STAGES)
    for name in ("models/sample/glre/seed-1/model.safetensors", METRICS, "results/sample/glre/seeds.csv"):
        assert (root / name).read_bytes() == (undisturbed.root / name).read_bytes(), name


def test_scheduled_runs_skip_what_is_up_to_date(prefect: Prefect) -> None:
    def two() -> list[dict[str, Any]] | None:
        done = [run for run in prefect.runs(SCHEDULED) if run["state"]["type"] == "COMPLETED"]
        return done if len(done) >= 2 else None

    prefect.switch_schedule(SCHEDULED, on=True)
    runs = until(two, "two scheduled runs")
    prefect.switch_schedule(SCHEDULED, on=False)
    for run in runs:
        assert run["auto_scheduled"]
        assert prefect.tasks(run["id"]) == dict.fromkeys(STAGES, "Skipped")


def test_what_a_run_leaves(prefect: Prefect) -> None:
    run = prefect.ended(prefect.start(NOW))
    shown = prefect.artifacts(run["id"])
    assert "test" in shown["metrics"]
    assert "up to date" in shown["dvc-status"]
    flow, *others = prefect.workspace.runs(stage="flow", flow_run=run["id"])
    assert not others
    assert flow.info.status == "FINISHED"
    assert flow.info.run_id in shown["mlflow-run"]


def test_a_flow_whose_process_alone_is_killed(prefect: Prefect) -> None:
    (prefect.workspace.root / METRICS).unlink()
    flow_run = prefect.start(NOW)
    process = prefect.process_of(flow_run)
    until(lambda: prefect.run(flow_run)["state"]["type"] == "RUNNING")
    process.kill()
    run = prefect.ended(flow_run)
    assert run["state"]["name"] == "Completed"
    assert run["run_count"] == 2


def test_stages_of_the_run_that_trained_hang_under_it(prefect: Prefect) -> None:
    (trained,) = [run for run in prefect.workspace.runs(stage="train") if "seed" not in run.data.tags]
    parents = {run.info.run_id: run for run in prefect.workspace.runs(stage="flow")}
    assert parents[trained.data.tags["mlflow.parentRunId"]].data.tags["flow"] == "pipeline"


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


def test_an_unknown_name(prefect: Prefect) -> None:
    run = prefect.ended(prefect.start(NOW, experiments=["nothing"]))
    assert run["state"]["type"] == "FAILED"
    assert "'sample-nothing'; expected one of sample-glre" in run["state"]["message"]


def test_nightly_is_an_alarm(prefect: Prefect) -> None:
    path = prefect.workspace.root / METRICS
    run = prefect.ended(prefect.start(NIGHTLY))
    assert run["state"]["name"] == "Completed"
    # The source was fetched anew, and was what it had been.
    assert prefect.tasks(run["id"]) == {**dict.fromkeys(STAGES, "Skipped"), STAGES[0]: "Completed"}

    better = json.loads(path.read_text())
    better["test"]["f1"] += 0.05
    path.write_text(json.dumps(better))
    run = prefect.ended(prefect.start(NIGHTLY))
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


def test_the_command_line(undisturbed: Workspace, tmp_path: Path) -> None:
    """On a temporary server: the command line, which leaves its history for the next server."""
    root = tmp_path / "glre"
    copy_tree(undisturbed.root, root, [])
    workspace = Workspace(root, dict(undisturbed.environment))
    shown = workspace.run("python", "-m", "flows", "pipeline", "-d", "sample")
    assert "0 stages ran, 5 were up to date" in shown.stdout + shown.stderr
    refused = workspace.run("python", "-m", "flows", "pipeline", "-d", "nothing", check=False)
    assert refused.returncode == 2
    assert "error: params.yaml, grid.points: found 'nothing-glre'; expected one of sample-glre" in refused.stderr
