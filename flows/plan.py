"""What a flow is going to do: worked out before anything is started, so that a wrong name costs no server."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.graph import evaluations, stages_for
from glre.errors import InputError


@dataclass(frozen=True, slots=True)
class Plan:
    """The targets of a flow, all stages that they need, in their order, and the points whose metrics are shown."""

    name: str
    targets: tuple[str, ...]
    stages: tuple[str, ...]
    points: tuple[str, ...]


def plan(name: str, points: Sequence[str], targets: Sequence[str]) -> Plan:
    """Bring points to their metrics, then targets up to date, in the current folder.

    InputError for an unknown point or target, and where there is nothing to do.
    """
    if not (points or targets):
        raise InputError("the flow's parameters", "nothing to run", "a dataset and experiment, or a target")
    root = Path.cwd()
    wanted = (*evaluations(root, points), *targets)
    return Plan(name, wanted, stages_for(root, wanted), tuple(points))
