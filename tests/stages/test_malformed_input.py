"""Every file under tests/malformed, met as a user meets it: by the command line, in one line and with exit code 2."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from glre import cli

ROOT = Path(__file__).parents[2]
MALFORMED = ROOT / "tests" / "malformed"
EXPECTED: dict[str, dict[str, str]] = yaml.safe_load((MALFORMED / "expected.yaml").read_text(encoding="utf-8"))
GOOD = "1|t|Zelatrazine and palsy.\n1|a|\n1\t0\t11\tZelatrazine\tChemical\tC1\n1\t16\t21\tpalsy\tDisease\tD1\n"


def cases(kind: str) -> list[Any]:
    return [pytest.param(name, message, id=name) for name, message in EXPECTED[kind].items()]


@pytest.fixture
def workspace(tmp_path: Path, empty_mlflow_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(empty_mlflow_store, tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GLRE_MIRROR", raising=False)
    (tmp_path / "data/raw/own").mkdir(parents=True)
    return tmp_path


def write_settings(file: str, hypernyms: str | None = None, format: str = "pubtator") -> None:
    """The repository's settings with one dataset, `own`, of one file and perhaps a MeSH tree."""
    settings = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    address = {"sha256": "0" * 64, "addresses": [{"url": "https://never.invalid/file"}]}
    settings["datasets"] = {
        "own": {
            "description": "One malformed file",
            "format": format,
            "files": {name: address for name in (file, hypernyms) if name},
            "splits": {"train": [{"file": file}]},
            "relations": ["CID"] if format == "pubtator" else ["S1", "S3"],
            "candidates": [{"head": "Chemical", "tail": "Disease"}] if format == "pubtator" else [{}],
            "hypernyms": hypernyms,
        }
    }
    settings["experiments"] = settings["tables"] = settings["reports"] = {}
    Path("params.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def refused(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command of glre that ends with exit code 2; the last line on standard error."""
    monkeypatch.setattr(sys, "argv", ["glre", *command.split()])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    output = capsys.readouterr().err
    assert "Traceback" not in output
    return output.splitlines()[-1]


@pytest.mark.parametrize(("name", "message"), cases("pubtator"))
def test_pubtator(
    name: str, message: str, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_settings(name)
    shutil.copy(MALFORMED / "pubtator" / name, workspace / "data/raw/own")
    assert refused("preprocess --dataset own", monkeypatch, capsys) == f"error: {message}"
    assert not (workspace / "data/processed").exists()


@pytest.mark.parametrize(("name", "message"), cases("docred"))
def test_docred(
    name: str, message: str, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_settings(name, format="docred")
    shutil.copy(MALFORMED / "docred" / name, workspace / "data/raw/own")
    assert refused("preprocess --dataset own", monkeypatch, capsys) == f"error: {message}"
    assert not (workspace / "data/processed").exists()


@pytest.mark.parametrize(("name", "message"), cases("mesh"))
def test_mesh(
    name: str, message: str, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_settings("corpus.txt", name)
    (workspace / "data/raw/own/corpus.txt").write_text(GOOD, encoding="utf-8")
    shutil.copy(MALFORMED / "mesh" / name, workspace / "data/raw/own")
    assert refused("preprocess --dataset own", monkeypatch, capsys) == f"error: {message}"
    assert not (workspace / "data/processed").exists()


@pytest.mark.parametrize(("name", "message"), cases("params"))
def test_params(
    name: str, message: str, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(MALFORMED / "params" / name, workspace / "params.yaml")
    assert refused("preprocess --dataset own", monkeypatch, capsys).startswith(f"error: {message}")


@pytest.mark.parametrize(("name", "message"), cases("mirror"))
def test_mirror(
    name: str, message: str, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(MALFORMED / "mirror", workspace / "mirror")
    monkeypatch.setenv("GLRE_MIRROR", "mirror")
    write_settings(name.removesuffix(".gz"))
    assert refused("download --dataset own", monkeypatch, capsys) == f"error: {message}"
    assert not any((workspace / "data").rglob("*.txt*"))


@pytest.mark.parametrize(("name", "message"), cases("tables"))
def test_tables(
    name: str, message: str, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_settings("corpus.txt")
    (workspace / "data/processed/own").mkdir(parents=True)
    shutil.copy(MALFORMED / "tables" / name, workspace / "data/processed/own/train.parquet")
    assert refused("encode --dataset own --encoder minilm", monkeypatch, capsys) == f"error: {message}"
    assert not (workspace / "data/features").exists()


def test_the_installed_command(workspace: Path) -> None:
    write_settings("empty.txt")
    shutil.copy(MALFORMED / "pubtator" / "empty.txt", workspace / "data/raw/own")
    command = [str(Path(sys.executable).with_name("glre")), "preprocess", "--dataset", "own"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.splitlines()[-1] == f"error: {EXPECTED['pubtator']['empty.txt']}"
