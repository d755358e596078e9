"""The flows on a real Prefect server: crashes, schedules, what a run leaves; and on the command line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from prefect_server import METRICS, NOW, SCHEDULED, Prefect, serving_copy, until
from workspaces import STAGES, Workspace


@pytest.fixture(scope="module")
def prefect(undisturbed: Workspace, tmp_path_factory: pytest.TempPathFactory, store: Path) -> Iterator[Prefect]:
    with serving_copy(undisturbed, STAGES[3:], tmp_path_factory.mktemp("prefect") / "glre", store) as server:
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


def test_a_scheduled_run_skips_what_is_up_to_date(prefect: Prefect) -> None:
    def ended() -> list[dict[str, Any]]:
        return [run for run in prefect.runs(SCHEDULED) if run["state"]["type"] == "COMPLETED"]

    prefect.switch_schedule(SCHEDULED, on=True)
    run = until(ended, "a scheduled run")[0]
    prefect.switch_schedule(SCHEDULED, on=False)
    assert run["auto_scheduled"]
    assert prefect.tasks(run["id"]) == dict.fromkeys(STAGES, "Skipped")

    shown = prefect.artifacts(run["id"])
    assert "test" in shown["metrics"]
    assert "up to date" in shown["dvc-status"]
    (flow,) = prefect.workspace.runs(stage="flow", flow_run=run["id"])
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


def test_the_command_line_asks_the_server_that_the_environment_names(prefect: Prefect) -> None:
    workspace = Workspace(prefect.workspace.root, {**prefect.workspace.environment, "PREFECT_API_URL": prefect.api})
    shown = workspace.run("python", "-m", "flows", "pipeline", "-d", "sample")
    assert "0 stages ran, 5 were up to date" in shown.stdout + shown.stderr
    assert "temporary server" not in shown.stdout + shown.stderr
