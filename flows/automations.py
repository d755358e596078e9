"""What Prefect's server does by itself: a run whose process was killed is marked as crashed and started again."""

from datetime import timedelta

from prefect.automations import Automation
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

HEARTBEAT = 30
"""Seconds between two signs of life of a run; the least that Prefect knows."""
SILENCE = timedelta(seconds=3 * HEARTBEAT)
"""After which a run is taken for dead."""

_OF_A_FLOW_RUN = ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]})
_BEAT = "prefect.flow-run.heartbeat"
_ENDED = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")}
_OTHER_ENDS = {"prefect.flow-run.Skipped", "prefect.flow-run.MetricsFell"}

SILENT_RUNS_CRASH = Automation(
    name="glre: silent runs are crashed",
    description="A run whose process or machine was killed can't say so: it is marked as Crashed when it is silent.",
    trigger=EventTrigger(
        after={_BEAT},
        expect={_BEAT, *_ENDED, *_OTHER_ENDS},
        match=_OF_A_FLOW_RUN,
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=SILENCE,
    ),
    actions=[ChangeFlowRunState(state=StateType.CRASHED, message="No sign of life: its process was killed.")],
)
CRASHED_RUNS_START_AGAIN = Automation(
    name="glre: crashed runs start again",
    description="DVC skips the stages that were done, and the stage that was cut goes on from its last checkpoint.",
    trigger=EventTrigger(
        expect={"prefect.flow-run.Crashed"},
        match=_OF_A_FLOW_RUN,
        for_each={"prefect.resource.id"},
        posture=Posture.Reactive,
        threshold=1,
        within=timedelta(0),
    ),
    actions=[
        ChangeFlowRunState(state=StateType.SCHEDULED, name="AwaitingRetry", message="Started again after a crash.")
    ],
)


async def register() -> None:
    """Make the automations on the server, or bring those of these names up to date."""
    for automation in (SILENT_RUNS_CRASH, CRASHED_RUNS_START_AGAIN):
        try:
            there = await Automation.aread(name=automation.name)
        except ValueError:
            await automation.acreate()
        else:
            await automation.model_copy(update={"id": there.id}).aupdate()
