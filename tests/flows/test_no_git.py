"""A workspace without git: unpacked from an archive, or copied without its `.git`."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from dvc.config import Config
from dvc.repo import Repo
from small_sample import ROOT

from flows.graph import stages_for
from flows.no_git import tell_dvc

PIPELINE = "stages:\n  made:\n    cmd: echo 1 > made.txt\n    outs: [made.txt]\n"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a blank and an accent in its name and DVC's files, as they lie in the repository."""
    root = tmp_path / "mit Umlaut é"
    (root / ".dvc").mkdir(parents=True)
    for name in (".dvc/config", ".gitattributes"):
        shutil.copy(ROOT / name, root / name)
    (root / "dvc.yaml").write_text(PIPELINE, encoding="utf-8")
    monkeypatch.chdir(root)
    return root


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments], cwd=root, check=True)


def test_a_copy_without_git(workspace: Path) -> None:
    assert stages_for(workspace, ["made"]) == ("made",)
    with Repo(str(workspace)) as repo:
        assert [stage.addressing for stage in repo.reproduce()] == ["made"]
    assert (workspace / "made.txt").exists()


def test_an_archive_says_by_itself_that_it_has_no_git(workspace: Path) -> None:
    git(workspace, "init", "-q")
    git(workspace, "add", "-A")
    git(workspace, "commit", "-qm", "first")
    assert not Config(str(workspace / ".dvc"))["core"].get("no_scm")
    unpacked = workspace.parent / "unpacked"
    unpacked.mkdir()
    git(workspace, "archive", "-o", str(unpacked / "a.tar"), "HEAD")
    subprocess.run(["tar", "xf", "a.tar"], cwd=unpacked, check=True)
    assert Config(str(unpacked / ".dvc"))["core"]["no_scm"] is True
    tell_dvc(unpacked)
    assert not (unpacked / ".dvc/config.local").exists()


def test_a_repository_stays_one(workspace: Path) -> None:
    git(workspace, "init", "-q")
    assert stages_for(workspace, ["made"]) == ("made",)
    assert not (workspace / ".dvc/config.local").exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_a_repository_of_somebody_else(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(workspace))
    git(workspace, "init", "-q")
    for place in (workspace, *workspace.rglob("*")):
        os.chown(place, 12345, 12345)
    assert stages_for(workspace, ["made"]) == ("made",)
    with Repo(str(workspace)) as repo:
        assert [stage.addressing for stage in repo.reproduce()] == ["made"]


def test_without_the_git_command(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(workspace, "init", "-q")
    monkeypatch.setenv("PATH", "/nowhere")
    assert stages_for(workspace, ["made"]) == ("made",)
    with Repo(str(workspace)) as repo:
        assert [stage.addressing for stage in repo.reproduce(dry=True)] == ["made"]
