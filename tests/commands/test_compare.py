import pytest

from glre.commands import compare
from glre.errors import InputError
from glre.tracking import StageIdentity, stage_run

ADDRESS = "http://127.0.0.1:5000"


@pytest.mark.usefixtures("own_folder")
def test_a_table_has_a_line_for_each_point_and_addresses_of_its_runs(capsys: pytest.CaptureFixture[str]) -> None:
    compare.run("table4", "sample", ADDRESS)
    shown = capsys.readouterr().out
    assert shown.count("none yet: dvc repro evaluate@sample-") == 5
    assert "compare-runs" not in shown
    with stage_run(StageIdentity("train", "sample", "without_local"), {}, []) as run:
        run.log_nested_metrics({"dev": {"f1": 0.5}, "test": {"f1": 0.256}})
    compare.run("table4", None, ADDRESS)
    lines = capsys.readouterr().out.splitlines()
    (row,) = [line for line in lines if run.run_id in line and "│" in line]
    assert [cell.strip() for cell in row.strip("│").split("│")] == ["sample-without_local", "50.0", "25.6", run.run_id]
    assert "filter   tags.`table.table4` = 'true' AND tags.seed IS NULL" in lines
    assert f"all runs {ADDRESS}/#/experiments/1/runs?viewStateShareKey=table4" in lines
    assert lines[-1].startswith(f"compared {ADDRESS}/#/compare-runs?runs=%5B%22{run.run_id}%22%5D&experiments=")


@pytest.mark.usefixtures("own_folder")
def test_no_such_table_or_point() -> None:
    with pytest.raises(InputError, match="tables: found 'table9'; expected one of"):
        compare.run("table9", None, ADDRESS)
    with pytest.raises(InputError, match="no point of the dataset 'cdr'"):
        compare.run("table4", "cdr", ADDRESS)
