import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from mlflow import MlflowClient

from glre.tracking import PARENT_VARIABLE, StageIdentity, parent_run, stage_run

TRAIN = StageIdentity("train", "cdr", "glre", "minilm")
FoundRuns = Callable[[], pd.DataFrame]

pytestmark = pytest.mark.usefixtures("root")

STAGE_ELSEWHERE = """
import os
from glre.tracking import PARENT_VARIABLE, StageIdentity, stage_run
os.environ[PARENT_VARIABLE] = "FLOW"
os.chdir("sub")
with stage_run(StageIdentity("train", "cdr", "glre", "minilm"), {}, []) as run, run.child(1):
    pass
"""


def test_the_runs_of_stages_hang_under_the_flows_and_those_of_seeds_under_theirs(
    root: Path, found_runs: FoundRuns, start_python: Callable[[str], "subprocess.Popen[str]"]
) -> None:
    (root / "sub").mkdir()
    with parent_run("experiments table4", {"table": "table4"}, {"points": ["cdr-glre"]}) as flow:
        flow.log_metrics({"stages": 1})
        process = start_python(STAGE_ELSEWHERE.replace("FLOW", flow.run_id))
        assert process.communicate() == ("", "")
        assert found_runs()["status"].tolist() == ["RUNNING", "FINISHED", "FINISHED"]
    runs = found_runs().set_index("tags.mlflow.runName")
    assert list(runs.index) == ["experiments table4", "train cdr-glre", "train cdr-glre seed 1"]
    ids = runs["run_id"].tolist()
    assert runs["tags.mlflow.parentRunId"].fillna("").tolist() == ["", ids[0], ids[1]]
    assert runs["status"].tolist() == ["FINISHED"] * 3
    of_flow = runs.iloc[0]
    assert (of_flow["tags.stage"], of_flow["tags.table"]) == ("flow", "table4")
    assert (of_flow["params.points"], of_flow["metrics.stages"]) == ('["cdr-glre"]', 1)


class ToldToEnd(BaseException):
    """As a scheduler ends a flow."""


@pytest.mark.parametrize(
    ("raised", "status"), [(ToldToEnd(), "KILLED"), (KeyboardInterrupt(), "KILLED"), (RuntimeError("x"), "FAILED")]
)
def test_a_flow_that_does_not_finish_says_so(found_runs: FoundRuns, raised: BaseException, status: str) -> None:
    with pytest.raises(type(raised)), parent_run("pipeline", {}):
        raise raised
    assert found_runs()["status"].tolist() == [status]


def test_a_run_that_is_gone_on_with_stays_under_its_first_parent(
    found_runs: FoundRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows, train = [], None
    for name in ("first", "second", "third"):
        with parent_run(name, {}) as flow:
            flows.append(flow.run_id)
            monkeypatch.setenv(PARENT_VARIABLE, flow.run_id)
            for _ in range(2):
                with stage_run(TRAIN, {}, [], resume=train) as run:
                    train = run.run_id
            monkeypatch.delenv(PARENT_VARIABLE)
    found = found_runs().set_index("run_id").loc[str(train)]
    assert found["tags.mlflow.parentRunId"] == flows[0]
    assert found["tags.also_under"].split() == flows[1:]


@pytest.mark.parametrize("deleted", [True, False])
def test_a_parent_that_the_store_does_not_have_is_passed_over(
    root: Path, found_runs: FoundRuns, monkeypatch: pytest.MonkeyPatch, deleted: bool
) -> None:
    parent = "0" * 32
    if deleted:
        with parent_run("flow", {}) as flow:
            parent = flow.run_id
        MlflowClient(f"sqlite:///{root}/mlflow.db").delete_run(parent)
    monkeypatch.setenv(PARENT_VARIABLE, parent)
    with stage_run(TRAIN, {}, []):
        pass
    runs = found_runs()
    assert len(runs) == 1
    assert "tags.mlflow.parentRunId" not in runs


def test_runs_say_in_which_tables_they_stand(root: Path, found_runs: FoundRuns) -> None:
    (root / "params.yaml").write_text(
        "tables: {table2: [cdr-glre], table4: [cdr-glre, cdr-other], table5: [cdr-other]}"
    )
    with stage_run(TRAIN, {}, []) as run, run.child(1):
        pass
    with stage_run(StageIdentity("encode", "cdr", encoder="glre"), {}, []):
        pass
    runs = found_runs()
    assert runs["tags.table.table2"].fillna("").tolist() == ["true", "true", ""]
    assert runs["tags.table.table4"].fillna("").tolist() == ["true", "true", ""]
    assert "tags.table.table5" not in runs


@pytest.mark.parametrize("content", ["- a list", "tables: 3", "tables: {table2: 4}", "tables: [", ""])
def test_settings_without_tables_give_no_tags(root: Path, found_runs: FoundRuns, content: str) -> None:
    (root / "params.yaml").write_text(content)
    with stage_run(TRAIN, {}, []):
        pass
    assert not [name for name in found_runs().columns if name.startswith("tags.table")]
