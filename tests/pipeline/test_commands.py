from dvc.repo import Repo
from small_sample import ROOT


def test_no_command_changes_by_being_written_to_dvc_lock() -> None:
    """YAML folds long lines at spaces, so two of them come back as one, and the stage would be stale for ever."""
    with Repo(str(ROOT)) as repo:
        commands = [stage.cmd for stage in repo.index.stages]
    assert len(commands) > 50
    assert [command for command in commands if " ".join(command.split()) != command] == []
