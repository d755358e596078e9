"""What every flow does: bring targets up to date, stage by stage, under a run in MLflow."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prefect import get_run_logger
from prefect.runtime import flow_run

from flows.artifacts import dvc_status, prefect_page, show_metrics, show_run, show_status
from flows.metrics import read_metrics
from flows.plan import Plan
from flows.stage_task import stage_task
from glre.tracking import PARENT_VARIABLE, parent_run


@dataclass(frozen=True, slots=True)
class Outcome:
    """How each stage ended: `Completed` where it ran, `Skipped` where it was up to date.

    `mlflow_page` and `prefect_page` show the run once `make mlflow` and `make prefect` have been given.
    """

    stages: Mapping[str, str]
    mlflow_page: str
    prefect_page: str

    def __str__(self) -> str:
        """Such as `2 stages ran, 3 were up to date`."""
        ran = sum(state == "Completed" for state in self.stages.values())
        return f"{ran} stages ran, {len(self.stages) - ran} were up to date"

    @property
    def pages(self) -> tuple[str, ...]:
        """Where the run is shown."""
        return f"In MLflow:  {self.mlflow_page}", f"In Prefect: {self.prefect_page}"


def bring_up_to_date(plan: Plan, forced: str = "") -> Outcome:
    """Run the plan's stages, in the current folder, one after the other, for DVC locks the workspace.

    A stage that is up to date is skipped; one of the kind `forced`, such as `download`, is run all the same.
    StageError where a stage fails.
    """
    root = Path.cwd()
    logger = get_run_logger()
    before = dvc_status(root, plan.targets)
    states: dict[str, str] = {}
    with parent_run(plan.name, {"flow": str(flow_run.flow_name), "flow_run": str(flow_run.id)}) as run:
        page = show_run(run)
        logger.info(f"{len(plan.stages)} stages; in MLflow: {page}")
        try:
            for stage in plan.stages:
                again = stage.partition("@")[0] == forced
                state = stage_task(stage)(stage, root, {PARENT_VARIABLE: run.run_id}, again, return_state=True)
                states[stage] = str(state.name)
                state.result()  # raises what the stage did
        except Exception:  # not on a request to end: the server may be ending too
            _show(root, plan, before)
            raise
        _show(root, plan, before)
    outcome = Outcome(states, page, prefect_page())
    logger.info(str(outcome))
    return outcome


def _show(root: Path, plan: Plan, before: str) -> None:
    show_status(before, dvc_status(root, plan.targets))
    show_metrics(read_metrics(root, plan.points))
