import subprocess
from pathlib import Path

import pytest

from glre.tracking.provenance.workspace import Workspace, find_workspace, read_code_version


@pytest.mark.parametrize("copy", ["exps/standalone/tmpa0lg0gio", "exps/tmpuazcxf5e"])
@pytest.mark.parametrize("below", ["", "sub/project"])
def test_a_temporary_copy_belongs_to_the_repository_it_was_made_of(tmp_path: Path, copy: str, below: str) -> None:
    (tmp_path / ".dvc").mkdir()
    root = tmp_path / ".dvc" / "tmp" / copy / below
    (root / ".dvc").mkdir(parents=True)
    (root / "data").mkdir()
    assert find_workspace(root / "data") == Workspace(root, tmp_path)


def test_a_work_tree_belongs_to_itself(tmp_path: Path) -> None:
    (tmp_path / ".dvc").mkdir()
    (tmp_path / "data" / "raw").mkdir(parents=True)
    assert find_workspace(tmp_path / "data" / "raw") == Workspace(tmp_path, tmp_path)


def test_without_dvc_the_folder_itself_counts(tmp_path: Path) -> None:
    assert find_workspace(tmp_path) == Workspace(tmp_path, tmp_path)


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout.strip()


def test_the_commit_and_a_clean_tree(work_tree: Path) -> None:
    (work_tree / "untracked.txt").write_text("x")
    version = read_code_version(work_tree, [])
    assert (version.commit, version.dirty) == (git("rev-parse", "HEAD"), False)


def test_a_changed_file_of_the_same_size_and_time_is_seen(work_tree: Path) -> None:
    code = work_tree / "code.py"
    before = code.stat()
    git("update-index", "--assume-unchanged", "code.py")
    code.write_text(code.read_text().replace("first", "other"))
    assert code.stat().st_size == before.st_size
    assert git("status", "--porcelain", "--untracked-files=no") == ""
    assert read_code_version(work_tree, []).dirty


def test_a_staged_change_is_seen_and_stays_staged(work_tree: Path) -> None:
    (work_tree / "code.py").write_text("print('second')\n")
    git("add", "code.py")
    assert read_code_version(work_tree, []).dirty
    assert git("diff", "--cached", "--name-only") == "code.py"


def test_what_stages_write_is_no_change_of_code(work_tree: Path) -> None:
    for name in ("dvc.lock", "metrics[1].json"):
        (work_tree / name).write_text("{}")
        git("add", name)
    git("commit", "-qm", "results")
    (work_tree / "dvc.lock").write_text("{a: 1}")
    (work_tree / "metrics[1].json").write_text('{"f1": 1}')
    assert not read_code_version(work_tree, ["metrics[1].json"]).dirty
    assert read_code_version(work_tree, []).dirty


def test_without_a_commit_it_is_unknown(tmp_path: Path) -> None:
    assert read_code_version(tmp_path, []).commit == "unknown"


def test_a_folder_that_a_repository_around_it_does_not_have_is_no_part_of_it(work_tree: Path) -> None:
    unpacked, part = work_tree / "unpacked", work_tree / "part"
    for folder in (unpacked, part):
        folder.mkdir()
        (folder / "code.py").write_text("print('other')\n")
    git("add", "part")
    git("commit", "-qm", "second")
    assert read_code_version(unpacked, []).commit == "unknown"
    assert read_code_version(part, []).commit == git("rev-parse", "HEAD")
