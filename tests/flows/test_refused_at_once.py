"""What the flows are asked for by a wrong name ends in a line, before a server is started."""

import pytest
from small_sample import ROOT

from flows import __main__ as command_line
from glre.errors import errors_reported


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("pipeline -d nosuch", "error: the grid of params.yaml: found 'nosuch-glre'; expected one of sample-glre, "),
        ("pipeline -d sample -e nosuch", "error: the grid of params.yaml: found 'sample-nosuch'; expected one of "),
        ("pipeline -d sample -t nosuch", f"error: {ROOT}/dvc.yaml: found Stage 'nosuch' not found inside 'dvc.yaml'"),
        ("experiments", "error: the flow's parameters: found nothing to run; "),
        ("experiments nosuch", "error: params.yaml, tables: found 'nosuch'; expected "),
        ("experiments table4 -d sample_docred", "error: params.yaml, tables.table4: found no row of sample_docred; "),
        ("nightly -p nosuch", "error: the grid of params.yaml: found 'nosuch'; expected one of "),
        ("bulk nosuch in -o out", "error: nosuch: found no such folder; expected a model's folder "),
    ],
)
def test_a_wrong_name(
    command: str, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command_line, "_run", lambda *_, **__: pytest.fail("a flow was started"))
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(SystemExit) as ended, errors_reported():
        command_line.app(command.split(), standalone_mode=False)
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(message)
