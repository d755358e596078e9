"""What every flow does: bring targets up to date, stage by stage, under a run in MLflow."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prefect import get_run_logger
from prefect.runtime import flow_run

from flows.artifacts import dvc_status, prefect_page, show_metrics, show_run, show_status
from flows.graph import stages_for
from flows.metrics import read_metrics
from flows.stage_task import stage_task
from glre.errors import InputError
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


def bring_up_to_date(name: str, targets: Sequence[str], points: Collection[str], forced: str = "") -> Outcome:
    """Run what `targets` need, in the current folder, one stage after the other, for DVC locks the workspace.

    A stage that is up to date is skipped; one of the kind `forced`, such as `download`, is run all the same. `points`
    are those whose metrics are shown. InputError for an unknown target, StageError where a stage fails.
    """
    if not targets:
        raise InputError("the flow's parameters", "nothing to run", "a dataset and experiment, or a target")
    root = Path.cwd()
    stages = stages_for(root, targets)
    logger = get_run_logger()
    before = dvc_status(root, targets)
    states: dict[str, str] = {}
    with parent_run(name, {"flow": str(flow_run.flow_name), "flow_run": str(flow_run.id)}) as run:
        page = show_run(run)
        logger.info(f"{len(stages)} stages; in MLflow: {page}")
        try:
            for stage in stages:
                again = stage.partition("@")[0] == forced
                state = stage_task(stage)(stage, root, {PARENT_VARIABLE: run.run_id}, again, return_state=True)
                states[stage] = str(state.name)
                state.result()  # raises what the stage did
        except Exception:  # not on a request to end: the server may be ending too
            _show(root, targets, points, before)
            raise
        _show(root, targets, points, before)
    outcome = Outcome(states, page, prefect_page())
    logger.info(str(outcome))
    return outcome


def _show(root: Path, targets: Sequence[str], points: Collection[str], before: str) -> None:
    show_status(before, dvc_status(root, targets))
    show_metrics(read_metrics(root, points))
