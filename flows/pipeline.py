"""The flow `pipeline`: chosen experiments on chosen datasets, and whatever else DVC can make."""

from collections.abc import Sequence

from prefect import flow
from prefect.runtime import flow_run

from flows.plan import Plan, plan
from flows.workspace_run import Outcome, bring_up_to_date


def _run_name() -> str:
    chosen = flow_run.parameters
    return f"{', '.join(chosen['experiments'])} on {', '.join(chosen['datasets'])}"


@flow(name="pipeline", flow_run_name=_run_name, persist_result=False)
def pipeline(
    datasets: list[str] = ["sample"],  # noqa: B006 Prefect shows these as the form's defaults
    experiments: list[str] = ["glre"],  # noqa: B006
    targets: list[str] = [],  # noqa: B006
) -> Outcome:
    """Bring every experiment on every dataset up to date, from download to evaluation.

    Args:
        datasets: Names of datasets in params.yaml.
        experiments: Names of experiments in params.yaml.
        targets: More of DVC's targets, such as `report_sample`, which come last.
    """
    return bring_up_to_date(plan_of_pipeline(datasets, experiments, targets))


def plan_of_pipeline(datasets: Sequence[str], experiments: Sequence[str], targets: Sequence[str]) -> Plan:
    """What the flow is going to do; InputError for an unknown name."""
    points = [f"{dataset}-{experiment}" for dataset in datasets for experiment in experiments]
    return plan(" ".join(["pipeline", *points, *targets]), points, targets)
