import gzip
import hashlib
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from glre import cli
from glre.errors import InputError
from glre.stages import download

ROOT = Path(__file__).parents[2]
CONTENTS = {"a.txt": b"first\n" * 100, "b.txt": b"second\n" * 100, "c.txt": b"third\n" * 100}


@pytest.fixture
def workspace(tmp_path: Path, empty_mlflow_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files of a mirror, one of them compressed, and one of the repository."""
    shutil.copy(empty_mlflow_store, tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    mirror = tmp_path / "mirror" / "together"
    mirror.mkdir(parents=True)
    (mirror / "a.txt").write_bytes(CONTENTS["a.txt"])
    (mirror / "b.txt.gz").write_bytes(gzip.compress(CONTENTS["b.txt"]))
    (tmp_path / "c.txt").write_bytes(CONTENTS["c.txt"])
    monkeypatch.setenv("GLRE_MIRROR", str(mirror.parent))
    checksums = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()}
    public = {"addresses": [{"url": "https://never.invalid/file"}]}
    settings = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    settings |= {"experiments": {}, "tables": {}, "reports": {}}
    settings["datasets"] = {
        "own": {
            "description": "Three files",
            "format": "pubtator",
            "mirror": "together",
            "files": {
                "a.txt": {"sha256": checksums["a.txt"]} | public,
                "b.txt": {"sha256": checksums["b.txt"]} | public,
                "c.txt": {"sha256": checksums["c.txt"], "path": "c.txt"},
            },
            "splits": {"train": [{"file": "a.txt"}]},
            "relations": ["CID"],
            "candidates": [],
        }
    }
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return tmp_path


def raw() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path("data/raw/own").iterdir()}


def test_every_file_and_nothing_else(workspace: Path) -> None:
    download.run("own")
    assert raw() == CONTENTS
    assert {path.name for path in (workspace / "data").rglob("*")} == {"raw", "partial", "own", *CONTENTS}


def test_a_second_run_fetches_nothing(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    download.run("own")
    capsys.readouterr()
    monkeypatch.setenv("GLRE_MIRROR", str(workspace / "absent"))
    download.run("own")
    assert capsys.readouterr().out.splitlines() == [f"data/raw/own/{name}: already there" for name in CONTENTS]


@pytest.mark.usefixtures("workspace")
def test_a_changed_file_is_fetched_again() -> None:
    download.run("own")
    Path("data/raw/own/b.txt").write_bytes(b"changed")
    download.run("own")
    assert raw() == CONTENTS


def test_what_was_fetched_before_an_error_stays(workspace: Path) -> None:
    (workspace / "c.txt").write_bytes(b"changed")
    with pytest.raises(InputError, match=r"data/raw/own/c\.txt: found c\.txt: sha256 .* instead of"):
        download.run("own")
    assert raw() == {name: CONTENTS[name] for name in ("a.txt", "b.txt")}


def test_the_command_line_says_where_to_get_a_mirror(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GLRE_MIRROR", str(workspace / "absent"))
    monkeypatch.setattr(sys, "argv", ["glre", "download", "--dataset", "own"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith("error: data/raw/own/a.txt: found no usable source")
    assert "GLRE_MIRROR set to a folder or URL that holds together/a.txt or together/a.txt.gz" in error
    assert error.count("\n") == 1


@pytest.mark.usefixtures("workspace")
def test_an_unknown_dataset() -> None:
    with pytest.raises(InputError, match="found 'other'; expected one of own"):
        download.run("other")
