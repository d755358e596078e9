import subprocess
from pathlib import Path

import pytest
from mlflow import MlflowClient

from glre.tracking import StageIdentity, parent_run, stage_run

TRAIN = StageIdentity("train", "cdr", "glre", "minilm")
EVALUATE = StageIdentity("evaluate", "cdr", "glre", "minilm")

pytestmark = pytest.mark.usefixtures("root")


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout.strip()


def note(root: Path, run_id: str) -> str:
    return str(MlflowClient(f"sqlite:///{root}/mlflow.db").get_run(run_id).data.tags["mlflow.note.content"])


def test_a_run_is_described_with_its_revision_inputs_and_commands(root: Path) -> None:
    (root / "train.parquet").write_text("x")
    with stage_run(TRAIN, {}, [Path("train.parquet")]) as run:
        pass
    commit = git("rev-parse", "HEAD")
    assert note(root, run.run_id) == (
        "GLRE, trained: dataset `cdr`, experiment `glre`, encoder `minilm`.\n\n"
        f"DVC stage `train@cdr-glre` at git revision `{commit}`, without changes.\n\n"
        "| input | md5, as in dvc.lock |\n|---|---|\n| `train.parquet` | `9dd4e461268c8034f5c8564e155c67a6` |\n\n"
        f"Again, by these commands or as `glre reproduce {run.run_id[:8]}` says:\n\n"
        f"```\ngit checkout {commit}\ndvc repro train@cdr-glre\n```"
    )


def test_a_run_that_two_stages_share_is_described_by_both(root: Path) -> None:
    with stage_run(TRAIN, {}, []) as run:
        pass
    first = git("rev-parse", "HEAD")
    git("commit", "-q", "--allow-empty", "-m", "second")
    (root / "code.py").write_text("print('changed')\n")
    (root / "models").write_text("x")
    with stage_run(EVALUATE, {}, [Path("models")], resume=run.run_id):
        pass
    text = note(root, run.run_id)
    assert text.startswith("GLRE, trained; trained models, scored on dev and test: dataset `cdr`")
    assert f"`train@cdr-glre` at git revision `{first}`, without changes." in text
    second = git("rev-parse", "HEAD")
    assert f"`evaluate@cdr-glre` at git revision `{second}`, with uncommitted changes." in text
    assert "| `models` |" in text
    assert f"git checkout {second}\ndvc repro evaluate@cdr-glre\n" in text


def test_what_someone_has_written_stays(root: Path) -> None:
    with stage_run(TRAIN, {}, []) as run:
        pass
    MlflowClient(f"sqlite:///{root}/mlflow.db").set_tag(run.run_id, "mlflow.note.content", "Mine.")
    with stage_run(EVALUATE, {}, [], resume=run.run_id):
        pass
    assert note(root, run.run_id) == "Mine."


@pytest.mark.parametrize(
    "remote",
    [
        "https://user:secret@example.org/group/glre.git",
        "git@example.org:group/glre.git",
        "ssh://git@example.org/group/glre",
        "https://example.org/group/glre/",
    ],
)
def test_a_revision_links_to_the_repositorys_pages(root: Path, remote: str) -> None:
    git("remote", "add", "origin", remote)
    with stage_run(TRAIN, {}, []) as run:
        pass
    commit, pages = git("rev-parse", "HEAD"), "https://example.org/group/glre"
    text = note(root, run.run_id)
    assert f"[`{commit}`]({pages}/tree/{commit}) ([dvc.lock]({pages}/blob/{commit}/dvc.lock))" in text
    tags = MlflowClient(f"sqlite:///{root}/mlflow.db").get_run(run.run_id).data.tags
    assert tags["mlflow.source.git.repoURL"] == pages
    assert "secret" not in str(tags)


def test_a_remote_that_is_a_folder_is_no_link(root: Path) -> None:
    git("remote", "add", "origin", "/srv/glre")
    with stage_run(TRAIN, {}, []) as run:
        pass
    assert "](" not in note(root, run.run_id)


def test_a_flow_is_described_without_a_stage(root: Path) -> None:
    with parent_run("experiments table4", {}) as run:
        pass
    assert note(root, run.run_id) == (
        f"A flow; the runs of its stages hang under it.\n\ngit revision `{git('rev-parse', 'HEAD')}`, without changes."
    )


def test_a_run_outside_of_git_says_so(root: Path) -> None:
    (root / ".git").rename(root / "no_git")
    with stage_run(TRAIN, {}, []) as run:
        pass
    text = note(root, run.run_id)
    assert "DVC stage `train@cdr-glre` outside of a git repository: the version of the code is not known." in text
    assert "git checkout" not in text
