from pathlib import Path

import networkx
import pytest
from dvc.repo import Repo
from dvc.repo.reproduce import plan_repro
from small_sample import ROOT

from flows.graph import evaluations, stages_for
from glre.errors import InputError

POINTS = ["sample-glre", "sample_docred-glre", "cdr-without_local"]


def test_stages_are_those_that_dvc_would_run_each_behind_what_it_needs() -> None:
    targets = evaluations(ROOT, POINTS)
    found = stages_for(ROOT, targets)
    with Repo(str(ROOT)) as repo:
        graph = repo.index.graph
        stages = {stage.addressing: stage for stage in graph}
        planned = {stage.addressing for target in targets for stage in plan_repro(graph, [stages[target]])}
        needs = {name: {below.addressing for below in networkx.descendants(graph, stages[name])} for name in found}
    assert set(found) == planned
    assert len(found) == len(planned)
    for place, name in enumerate(found):
        assert needs[name] <= set(found[:place])
    assert "train@cdr-without_local" in found


def test_a_target_that_needs_nothing() -> None:
    assert stages_for(ROOT, ["download@sample"]) == ("download@sample",)


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"dvc\.yaml: found .*evaluate@nothing.*expected a stage"):
        stages_for(ROOT, ["evaluate@nothing"])
    with pytest.raises(InputError, match=r"the grid of params\.yaml: found 'nothing'; expected one of sample-glre"):
        evaluations(ROOT, ["nothing"])
    with pytest.raises(InputError, match=r"dvc\.yaml.*expected a folder that DVC can work in"):
        stages_for(tmp_path, ["evaluate@sample-glre"])
