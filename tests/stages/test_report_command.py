import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from mlflow import MlflowClient

from glre.documents.table import read_documents
from glre.errors import InputError
from glre.stages import report

FOLDER = Path("reports/sample")


def outputs() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in FOLDER.iterdir()}


def changed_settings(**changes: Any) -> None:
    content = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    Path("params.yaml").write_text(yaml.safe_dump(content | changes, sort_keys=False), encoding="utf-8")


@pytest.mark.usefixtures("own_folder")
def test_a_page_and_the_same_as_markdown_twice_the_same_in_runs_of_their_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report.run("sample")
    assert capsys.readouterr().out == "reports/sample/index.html: GLRE on the sample corpora\n"
    before = outputs()
    assert before.keys() == {"index.html", "report.md"}
    assert len(before["index.html"]) < 1_000_000
    metrics = json.loads(Path("results/sample/glre/metrics.json").read_text())["test"]
    run_id = json.loads(Path("results/sample/glre/train_run.json").read_text())["run_id"]
    for text in (content.decode() for content in before.values()):
        assert f"{100 * metrics['f1']:.1f}" in text
        assert run_id in text
        assert "glre report sample" in text
    chosen = [document for document in read_documents(Path("data/processed/sample/test.parquet")) if document.facts]
    html = before["index.html"].decode()
    assert any(document.title in html for document in chosen)
    assert "Mentions of the head" in html

    report.run("sample")
    assert outputs() == before

    client = MlflowClient(f"sqlite:///{Path.cwd()}/mlflow.db")
    runs = client.search_runs([client.get_experiment_by_name("glre").experiment_id])
    assert [(run.info.run_name, run.info.status) for run in runs] == 2 * [("report sample", "FINISHED")]
    assert {entry.path for entry in client.list_artifacts(runs[0].info.run_id)} == {"index.html", "report.md"}
    tags = runs[0].data.tags
    assert (tags["stage"], tags["report"]) == ("report", "sample")
    assert {"input.results/sample/glre", "input.models/sample/glre", "input.data/processed/sample"} <= tags.keys()


@pytest.mark.usefixtures("own_folder")
def test_without_models_and_documents_the_page_says_so() -> None:
    shutil.rmtree("models/sample/glre")
    report.run("sample")
    text = (FOLDER / "report.md").read_text(encoding="utf-8")
    assert "There is no attention to show: models/sample/glre/seed-1 is not here." in text.replace("\\", "")
    shutil.rmtree("data/processed/sample")
    report.run("sample")
    text = (FOLDER / "report.md").read_text(encoding="utf-8")
    assert "sample-glre: nothing to show here." in text
    assert "| – | not run here | – |" in text


@pytest.mark.usefixtures("own_folder")
def test_a_point_that_was_not_run_is_missing_and_no_more() -> None:
    changed_settings(reports={"both": {"title": "Both", "points": ["sample-glre", "sample-without_local"]}})
    report.run("both")
    text = Path("reports/both/report.md").read_text(encoding="utf-8").replace("\\", "")
    assert "| sample-without_local | not run here | – |" in text


@pytest.mark.usefixtures("own_folder")
def test_a_report_of_nothing_is_refused() -> None:
    changed_settings(reports={"none": {"title": "None", "points": ["sample-without_local"]}})
    with pytest.raises(InputError, match="report 'none': found no results of any of its points; expected those of"):
        report.run("none")
    assert not Path("reports").exists()


@pytest.mark.usefixtures("own_folder")
def test_broken_inputs_are_refused_and_leave_what_was_there() -> None:
    report.run("sample")
    before = outputs()
    statistics = Path("data/processed/sample/statistics.json")
    whole = statistics.read_text(encoding="utf-8")
    statistics.write_text(whole[:40], encoding="utf-8")
    with pytest.raises(
        InputError, match=r"statistics\.json: found .*; expected the JSON that `glre preprocess` writes"
    ):
        report.run("sample")
    statistics.write_text(json.dumps({"test": {"documents": 1}}), encoding="utf-8")
    with pytest.raises(InputError, match=r"statistics\.json: found no .*; expected the counts"):
        report.run("sample")
    statistics.write_text(whole, encoding="utf-8")
    Path("models/sample/glre/seed-1/settings.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"seed-1: found .*; expected a model"):
        report.run("sample")
    assert outputs() == before


@pytest.mark.usefixtures("finished")
def test_an_unknown_report() -> None:
    with pytest.raises(InputError, match=r"params\.yaml, reports: found 'other'; expected one of sample"):
        report.run("other")
