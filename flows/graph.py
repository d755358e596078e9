"""The stages that a target needs, read from DVC's own graph: no second copy of it is kept here."""

from collections.abc import Iterable
from pathlib import Path

import networkx
from dvc.exceptions import DvcException
from dvc.repo import Repo

from glre.errors import InputError
from glre.grid.params import read_settings


def stages_for(root: Path, targets: Iterable[str]) -> tuple[str, ...]:
    """Names of all stages that `targets` need, themselves included, each behind those that it depends on.

    Names and targets are DVC's, such as `train@cdr-glre`. InputError where dvc.yaml has no such stage, or is broken.
    """
    try:
        with Repo(str(root)) as repo:
            graph = repo.index.graph  # an edge leads from a stage to one that it depends on
            names = []
            for target in targets:
                for stage in repo.stage.collect(target):
                    names += [needed.addressing for needed in networkx.dfs_postorder_nodes(graph, stage)]
            return tuple(dict.fromkeys(names))
    except DvcException as error:
        expected = "a stage that `dvc stage list` names once `glre grid` has run"
        raise InputError(f"{root}/dvc.yaml", str(error).rstrip("."), expected) from error


def evaluations(root: Path, points: Iterable[str]) -> list[str]:
    """The targets that bring points, such as `cdr-glre`, to their metrics; InputError for one that is unknown."""
    known = read_settings(root / "params.yaml").grid.points
    targets = []
    for point in points:
        if point not in known:
            raise InputError("the grid of params.yaml", repr(point), f"one of {', '.join(known)}")
        targets.append(f"evaluate@{point}")
    return targets
