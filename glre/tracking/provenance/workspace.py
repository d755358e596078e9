"""Where a stage runs: the work tree, the repository that owns it, and the state of its code."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_COPIES = (".dvc", "tmp", "exps")
"""Where `dvc exp run --temp` and `--queue` put copies of the workspace: each a git repository of its own, so only
its path says whose copy it is (dvc 3.67, `dvc/repo/experiments/executor/local.py`)."""
UNKNOWN = "unknown"
"""In the place of a commit where there is no git repository, or git can't be asked."""
_REMOTE = re.compile(r"(?:https://(?:[^@/]*@)?|(?:ssh://)?git@)(?P<host>[^/:@]+)[/:](?P<path>[^@]+?)(?:\.git)?/?")


@dataclass(frozen=True, slots=True)
class Workspace:
    """The root of a work tree, and the root of the repository it is a temporary copy of (itself where it is none)."""

    root: Path
    owner: Path


@dataclass(frozen=True, slots=True)
class CodeVersion:
    """Git commit of the work tree (`unknown` without one), whether tracked files differ from it, and its remote.

    `remote` is a web address of the repository, without user and password; None where it has none.
    """

    commit: str
    dirty: bool
    remote: str | None = None


def find_workspace(start: Path) -> Workspace:
    """The DVC work tree that `start` lies in; `start` itself where there is none."""
    start = start.resolve()
    root = next((folder for folder in (start, *start.parents) if (folder / ".dvc").is_dir()), start)
    for depth in range(len(root.parts) - len(_COPIES)):
        if root.parts[depth : depth + len(_COPIES)] == _COPIES:
            return Workspace(root, Path(*root.parts[:depth]))
    return Workspace(root, root)


def read_code_version(root: Path, generated: Iterable[str]) -> CodeVersion:
    """State of the code at `root`.

    `generated` are paths that stages write (relative to `root`): a change there is a result, not a change of code.
    Untracked files don't count, as in `git describe --dirty`: without a change to a tracked file nothing uses them.
    """
    with tempfile.TemporaryDirectory() as temporary:
        # A new index makes git compare contents. The index of DVC's copies may call a file unchanged that was written
        # again within the second and with the same size, as params.yaml is by `dvc exp run -S`.
        index = {"GIT_INDEX_FILE": str(Path(temporary) / "index")}
        commit = _git(root, index, "rev-parse", "--verify", "HEAD")
        # An archive that is unpacked inside a repository is no part of it.
        if not commit or not _git(root, index, "rev-parse", "--verify", "HEAD:./"):
            return CodeVersion(UNKNOWN, False)
        _git(root, index, "read-tree", "HEAD")
        excluded = [f":(exclude,literal){path}" for path in ("dvc.lock", *generated)]
        changes = _git(root, index, "status", "--porcelain", "--untracked-files=no", "--", ":/", *excluded)
    return CodeVersion(commit, changes != "", _web_address(_git(root, {}, "remote", "get-url", "origin")))


def read_at(root: Path, commit: str, path: str) -> str | None:
    """The text of a tracked file as it was at `commit`; None where the repository at `root` does not have it."""
    return _git(root, {}, "show", f"{commit}:./{path}")


def has_commit(root: Path, commit: str) -> bool:
    """Whether the repository at `root` has the commit."""
    return _git(root, {}, "cat-file", "-e", f"{commit}^{{commit}}") is not None


def _web_address(remote: str | None) -> str | None:
    """The pages of a remote: `git@host:owner/name.git` and `https://user:password@host/owner/name.git` alike."""
    match = _REMOTE.fullmatch(remote or "")
    return f"https://{match['host']}/{match['path']}" if match else None


def _git(root: Path, environment: Mapping[str, str], *arguments: str) -> str | None:
    try:
        return subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, **environment},
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
