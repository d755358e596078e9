"""The flow `nightly`: is everything still as it was? Sources fetched anew, stale stages run, metrics compared."""

from collections.abc import Sequence
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.artifacts import show_falls
from flows.metrics import falls, read_metrics
from flows.plan import Plan, plan
from flows.workspace_run import bring_up_to_date

METRICS_FELL = "glre.metrics.fell"
"""The event that an automation can turn into an e-mail or a message."""


def _run_name() -> str:
    return ", ".join(flow_run.parameters["points"])


@flow(name="nightly", flow_run_name=_run_name, persist_result=False)
def nightly(
    points: list[str] = ["sample-glre"],  # noqa: B006 Prefect shows these as the form's defaults
    targets: list[str] = [],  # noqa: B006
    allowed_fall: float = 0.01,
) -> State[None]:
    """Fetch the sources anew and check them, bring the points up to date, compare their metrics with the last ones.

    Ends as Failed, under the name MetricsFell, where F1 or Ign F1 fell by more than is allowed, and sends the event
    `glre.metrics.fell`. A source that is out of reach, or whose checksum is another, fails its download.

    Args:
        points: Points of the grid, such as `cdr-glre`.
        targets: More of DVC's targets, such as `report`.
        allowed_fall: A fraction of 1: 0.01 is a point of F1.
    """
    root, planned = Path.cwd(), plan_of_nightly(points, targets)
    before = read_metrics(root, points)
    outcome = bring_up_to_date(planned, "download")
    fallen = falls(before, read_metrics(root, points), allowed_fall)
    if not fallen:
        return Completed(message=str(outcome))
    show_falls(fallen, allowed_fall)
    text = "; ".join(map(str, fallen))
    get_run_logger().error(text)
    resource = {"prefect.resource.id": f"glre.flow-run.{flow_run.id}", "prefect.resource.name": str(flow_run.name)}
    emit_event(METRICS_FELL, resource, payload={"fell": [str(fall) for fall in fallen]})
    return Failed(name="MetricsFell", message=text)


def plan_of_nightly(points: Sequence[str], targets: Sequence[str]) -> Plan:
    """What the flow is going to do; InputError for an unknown name."""
    return plan(f"nightly {' '.join(points)}", points, targets)
