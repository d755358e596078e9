from pathlib import Path

import pytest

from glre.commands import reproduce
from glre.errors import InputError
from glre.tracking import read_run_id


@pytest.mark.usefixtures("finished")
@pytest.mark.parametrize("by", ["id", "model"])
def test_the_commands_are_what_a_shell_takes_and_all_else_is_comment(
    by: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_id = str(read_run_id(Path("results/sample/glre/train_run.json")))
    reproduce.run(run_id if by == "id" else "models:/glre-sample@champion")
    lines = capsys.readouterr().out.splitlines()
    # The folder is no git repository.
    assert [line for line in lines if not line.startswith("#")] == ["dvc repro evaluate@sample-glre"]
    assert lines[0].startswith("# train sample-glre")
    assert "# warning: the run was made outside of a git repository: no commit is known" in lines
    assert any(line.endswith("  data/processed/sample/test.parquet") for line in lines)
    assert lines[-1].startswith("# what it came to: dev.f1 0.")


@pytest.mark.usefixtures("finished")
def test_an_unknown_run() -> None:
    with pytest.raises(InputError, match="no such run in MLflow's store"):
        reproduce.run("0" * 32)
