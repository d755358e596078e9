"""DVC in a folder that is no git repository, such as an unpacked archive."""

from pathlib import Path

from dvc.config import Config
from dvc.scm import SCM, SCMError


def tell_dvc(root: Path) -> None:
    """Where git can't be used at `root`, say so in `.dvc/config.local`: DVC would refuse to work otherwise.

    `git archive` has said so already (.gitattributes); a folder that was copied without its `.git` has not.
    """
    config = Config(str(root / ".dvc")) if (root / ".dvc").is_dir() else None
    if config is None or config["core"].get("no_scm"):
        return
    try:
        SCM(str(root)).close()
    except SCMError:
        with config.edit("local") as local:
            local["core"]["no_scm"] = True
