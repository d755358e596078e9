"""The stages that a target needs, read from DVC's own graph: no second copy of it is kept here."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import networkx
from dvc.exceptions import DvcException
from dvc.repo import Repo

from flows.no_git import tell_dvc
from glre.errors import InputError
from glre.grid.params import read_settings


def stages_for(root: Path, targets: Iterable[str]) -> tuple[str, ...]:
    """Names of all stages that `targets` need, themselves included, each behind those that it depends on.

    Names and targets are DVC's, such as `train@cdr-glre`. InputError where dvc.yaml has no such stage, or is broken.
    """
    with _refused(root, "a folder that DVC can work in"):
        tell_dvc(root)
        with Repo(str(root)) as repo:
            graph = repo.index.graph  # an edge leads from a stage to one that it depends on
            names = []
            with _refused(root, "a stage that `dvc stage list` names once `glre grid` has run"):
                for target in targets:
                    for stage in repo.stage.collect(target):
                        names += [needed.addressing for needed in networkx.dfs_postorder_nodes(graph, stage)]
            return tuple(dict.fromkeys(names))


def evaluations(root: Path, points: Iterable[str]) -> list[str]:
    """The targets that bring points, such as `cdr-glre`, to their metrics; InputError for one that is unknown."""
    known = read_settings(root / "params.yaml").grid.points
    targets = []
    for point in points:
        if point not in known:
            raise InputError("the grid of params.yaml", repr(point), f"one of {', '.join(known)}")
        targets.append(f"evaluate@{point}")
    return targets


@contextmanager
def _refused(root: Path, expected: str) -> Iterator[None]:
    try:
        yield
    except DvcException as error:
        found = " ".join(str(error).split()).rstrip(".")
        raise InputError(f"{root}/dvc.yaml", found, expected) from error
