import json
from pathlib import Path
from urllib.parse import unquote

import pytest
from mlflow import MlflowClient

from glre.tracking import StageIdentity, runs_of_table, stage_run
from glre.tracking.table_runs import ComparedRun, table_filter

POINTS = ["cdr-glre", "cdr-without_local", "docred-glre"]
STATE = "mlflow.sharedViewState."


@pytest.fixture
def client(root: Path) -> MlflowClient:
    return MlflowClient(f"sqlite:///{root}/mlflow.db")


def evaluated(dataset: str, experiment: str, test_f1: float | None) -> str:
    with stage_run(StageIdentity("train", dataset, experiment, "minilm"), {}, []) as run, run.child(1) as child:
        for own in (run, child):
            if test_f1 is not None:
                own.log_nested_metrics({"dev": {"f1": 0.5}, "test": {"f1": test_f1}})
    return run.run_id


@pytest.mark.usefixtures("root")
def test_the_newest_run_of_each_point_stands_beside_the_others() -> None:
    evaluated("cdr", "glre", 0.25)
    newest = evaluated("cdr", "glre", 0.375)
    evaluated("cdr", "glre", None)
    evaluated("cdr", "fine_tuned", 0.75)
    local = evaluated("cdr", "without_local", 0.125)
    of_docred = evaluated("docred", "glre", 0.5)
    found = runs_of_table("table4", POINTS, None)
    assert found.runs == (
        ComparedRun("cdr-glre", newest, 0.5, 0.375),
        ComparedRun("cdr-without_local", local, 0.5, 0.125),
        ComparedRun("docred-glre", of_docred, 0.5, 0.5),
    )
    assert unquote(found.compared).endswith(f'runs=["{newest}","{local}","{of_docred}"]&experiments=["1"]')
    only = runs_of_table("table4", POINTS, "cdr")
    assert only.runs == found.runs[:2]


def test_the_filter_finds_the_tables_stages_and_not_their_seeds_also_where_runs_are_older_than_its_tag(
    root: Path, client: MlflowClient
) -> None:
    old = evaluated("cdr", "glre", 0.5)
    (root / "params.yaml").write_text("tables: {table4: [cdr-glre, docred-glre]}")
    new, of_docred = evaluated("cdr", "glre", 0.5), evaluated("docred", "glre", 0.5)
    evaluated("cdr", "fine_tuned", 0.5)
    found = runs_of_table("table4", POINTS, None)
    experiment = client.get_run(new).info.experiment_id
    assert {run.info.run_id for run in client.search_runs([experiment], found.filter)} == {old, new, of_docred}
    of_cdr = client.search_runs([experiment], table_filter("table4", "cdr"))
    assert {run.info.run_id for run in of_cdr} == {old, new}


def test_a_view_is_saved_that_mlflows_pages_open(client: MlflowClient) -> None:
    run_id = evaluated("cdr", "glre", 0.5)
    for _ in range(2):
        found = runs_of_table("table4", POINTS, "cdr")
    experiment = client.get_experiment(client.get_run(run_id).info.experiment_id)
    (key,) = [name.removeprefix(STATE) for name in experiment.tags if name.startswith(STATE)]
    assert found.view == f"#/experiments/{experiment.experiment_id}/runs?viewStateShareKey={key}"
    view = json.loads(experiment.tags[f"{STATE}{key}"])
    assert view["name"] == "table4 cdr"
    assert json.loads(view["state"])["searchFilter"] == found.filter


@pytest.mark.usefixtures("root")
def test_nothing_to_compare() -> None:
    found = runs_of_table("table4", POINTS, None)
    assert found.runs == ()
    assert "viewStateShareKey=table4" in found.view
