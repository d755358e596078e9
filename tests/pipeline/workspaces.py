"""Copies of the repository in which DVC runs the pipeline as it does for a user, and ways to have it killed there."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from mlflow import MlflowClient
from mlflow.entities import Run
from small_sample import ROOT

from glre.grid.derived import write_derived
from glre.grid.params import read_settings

TARGET = "evaluate@sample-glre"
STAGES = ("download@sample", "preprocess@sample", "encode@sample-minilm", "train@sample-glre", TARGET)
OUTPUTS = dict(zip(STAGES, ("data/raw", "data/processed", "data/features", "models", "results"), strict=True))
"""Where the stages write; `train` has its history and the id of its run among the results."""
WATCH_EVERY = 0.005
LONGEST = 300.0
"""Seconds after which a pipeline has hung, on a machine however busy."""

KILLED_AT = """#!{python}
import os, re, signal, sys
def watch(event, arguments):
    if event == {event!r} and any(re.search({pattern!r}, str(argument)) for argument in arguments):
        os.killpg(0, signal.SIGKILL)
sys.addaudithook(watch)
from glre.cli import main
main()
"""


@dataclass
class Workspace:
    """A copy of the repository with the environment of its user."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *command: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a command in the copy; AssertionError with its output where it fails."""
        ended = subprocess.run(
            command,
            cwd=self.root,
            env=self.process_environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )
        assert not check or ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
        return ended

    def dvc(self, *arguments: str) -> str:
        """Standard output of a DVC command."""
        return self.run("dvc", *arguments).stdout

    def repro(self) -> list[str]:
        """Bring the target up to date; the stages that ran."""
        return ran(self.dvc("repro", TARGET))

    def kill_at(self, event: str, pattern: str, target: str = TARGET) -> None:
        """Kill `dvc repro`, its whole process group, just before a stage's Python does `event` with such an argument.

        The events are those of https://docs.python.org/3/library/audit_events.html.
        """
        folder = self.root.parent / f"{self.root.name} killed" / str(time.monotonic_ns())
        folder.mkdir(parents=True)
        command = folder / "glre"
        command.write_text(KILLED_AT.format(python=sys.executable, event=event, pattern=pattern))
        command.chmod(0o755)
        process = self._start(target, self.process_environment(folder))
        self._wait(process, f"{event} {pattern}")

    def runs(self, **tags: str) -> list[Run]:
        """Runs in the copy's own MLflow store that have these tags, oldest first."""
        client = self.mlflow()
        experiment = client.get_experiment_by_name("glre")
        wanted = " AND ".join(f"tags.{name} = '{value}'" for name, value in tags.items())
        found = client.search_runs([experiment.experiment_id], wanted, order_by=["attributes.start_time ASC"])
        return list(found)

    def mlflow(self) -> MlflowClient:
        """A client of the copy's own store."""
        return MlflowClient(f"sqlite:///{self.root}/mlflow.db")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Of the store's tables, while another process may be writing them."""
        connection = sqlite3.connect(f"file:{self.root}/mlflow.db?mode=ro", uri=True, timeout=LONGEST)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def files(self, *folders: str) -> dict[str, bytes]:
        """Content of all files below these folders."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for folder in folders
            for path in sorted((self.root / folder).rglob("*"))
            if path.is_file() and path.name != ".gitignore"
        }

    def leftovers(self) -> list[str]:
        """Whatever is unfinished or temporary."""
        found: list[Path] = [path for path in self.root.rglob("*.partial") if ".git" not in path.parts]
        for folder in ("checkpoints", "data/partial"):
            found += [path for path in (self.root / folder).rglob("*") if path.is_file()]
        return [path.relative_to(self.root).as_posix() for path in found]

    def _start(self, target: str, environment: dict[str, str]) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            ["dvc", "repro", target],
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def _wait(self, process: "subprocess.Popen[str]", moment: str) -> None:
        output, _ = process.communicate(timeout=LONGEST)
        assert process.returncode == -signal.SIGKILL, f"not killed at {moment}:\n{output}"

    def process_environment(self, *commands: Path) -> dict[str, str]:
        """Variables of a command that its user starts in the copy; `commands` are folders before all of PATH."""
        own = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MLFLOW_", "DVC_", "GLRE_", "PREFECT_")) and name.lower() != "no_proxy"
        }
        # So that Python writes its __pycache__ beside the code, as it does for most.
        own.pop("PYTHONDONTWRITEBYTECODE", None)
        people = {f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        path = [*map(str, commands), str(Path(sys.executable).parent), own.get("PATH", "")]
        return {
            **own,
            **people,
            "PATH": os.pathsep.join(path),
            # As `pip install --editable` in the copy would have it.
            "PYTHONPATH": str(self.root),
            "DVC_SITE_CACHE_DIR": str(self.root.parent / "site"),
            "OMP_NUM_THREADS": "1",
            **self.environment,
        }


def copy_repository(root: Path, settings: dict[str, Any]) -> Workspace:
    """The work tree's files as a new git repository with other settings, without anything that has been run."""
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        if name == "dvc.lock" or name.startswith("results/") or not (ROOT / name).is_file():
            continue
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, root / name)
    (root / "params.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    write_derived(read_settings(root / "params.yaml"), root)
    workspace = Workspace(root)
    workspace.run("git", "init", "-q")
    commit(workspace)
    return workspace


def commit(workspace: Workspace) -> None:
    """Commit all that git doesn't ignore."""
    workspace.run("git", "add", "-A")
    workspace.run("git", "commit", "-qm", "a test")


def copy_without(stages: Sequence[str], finished: Workspace, root: Path, store: Path) -> Workspace:
    """A copy in which these stages have not run, and the others have; with an empty MLflow store."""
    # The cache of runs knows what the stages made: DVC would take it from there.
    left_out = {".dvc/cache/runs", ".dvc/tmp", "mlartifacts", "mlflow.db", "mlflow.db.lock"}
    copy_tree(finished.root, root, left_out | {OUTPUTS[stage] for stage in stages})
    shutil.copy(store, root / "mlflow.db")
    lock = root / "dvc.lock"
    content = yaml.safe_load(lock.read_text(encoding="utf-8"))
    content["stages"] = {name: entry for name, entry in content["stages"].items() if name not in stages}
    lock.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return Workspace(root, dict(finished.environment))


def copy_tree(source: Path, target: Path, left_out: Iterable[str]) -> None:
    """Copy a folder without some paths below it."""
    unwanted = {source / name for name in left_out}
    shutil.copytree(
        source, target, ignore=lambda place, names: [name for name in names if Path(place) / name in unwanted]
    )


def ran(output: str) -> list[str]:
    """The stages that DVC says it ran."""
    return [line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage '")]
