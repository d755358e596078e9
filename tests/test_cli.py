import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from click.testing import CliRunner
from small_sample import small_settings, write_settings

from glre import cli

APP = typer.main.get_command(cli.app)
COMMANDS = sorted(APP.commands)  # type: ignore[attr-defined]
STAGES = ("download", "preprocess", "encode", "train", "evaluate")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_settings(small_settings(), tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line on standard error of a command that ends with exit code 2."""
    monkeypatch.setattr(sys, "argv", ["glre", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    output = capsys.readouterr()
    assert output.out == ""
    (line,) = output.err.splitlines()
    return line


def test_every_stage_has_its_command() -> None:
    assert {*STAGES, "report"} <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_has_an_example_that_it_understands(name: str) -> None:
    command = APP.commands[name]  # type: ignore[attr-defined]
    shown = CliRunner().invoke(APP, [name, "--help"]).output
    (example,) = [line.split("Example:")[1] for line in str(command.help).splitlines() if "Example:" in line]
    assert f"glre {name}" in " ".join(shown.split())
    words = example.split()
    arguments = words[words.index("glre") + 2 :]
    assert words[words.index("glre") + 1] == name
    parsed = command.make_context(name, list(arguments))
    if arguments:
        assert {str(value) for value in parsed.params.values()} & set(arguments)


def test_help_lists_the_commands() -> None:
    shown = CliRunner().invoke(APP, ["--help"]).output
    assert "Document-level relation extraction with GLRE" in shown
    for name in COMMANDS:
        assert name in shown


def test_without_a_command_help_is_shown() -> None:
    assert "Usage:" in CliRunner().invoke(APP, []).output


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", STAGES)
def test_an_unknown_dataset(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    line = refused(monkeypatch, capsys, name, "--dataset", "other")
    assert line.startswith("error: params.yaml, datasets: found 'other'; expected one of sample")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["train", "evaluate"])
def test_an_unknown_experiment(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    line = refused(monkeypatch, capsys, name, "--dataset", "sample", "--experiment", "other")
    assert line.startswith("error: params.yaml, experiments: found 'other'; expected one of glre, without_bert")


@pytest.mark.usefixtures("folder")
def test_an_unknown_report(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    line = refused(monkeypatch, capsys, "report", "other")
    assert line == "error: params.yaml, reports: found 'other'; expected one of sample"


@pytest.mark.usefixtures("folder")
def test_an_unknown_encoder(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    line = refused(monkeypatch, capsys, "encode", "-d", "sample", "--encoder", "other")
    assert line.startswith("error: params.yaml, encoders: found 'other'; expected one of minilm, ")
    assert line.endswith(", word_vectors")


@pytest.mark.parametrize("name", STAGES)
def test_outside_of_the_repository(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    line = refused(monkeypatch, capsys, name, "--dataset", "sample")
    assert line == "error: params.yaml: found no such file; expected the settings; run from the repository's root"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["preprocess", "encode", "train", "evaluate"])
def test_a_stage_before_the_one_it_needs(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused(monkeypatch, capsys, name, "--dataset", "sample")
    assert line.startswith(("error: data/", "error: models/"))
    assert {path.name for path in folder.iterdir()} <= {"params.yaml", "mlflow.db", "mlflow.db.lock"}


def test_the_installed_command(folder: Path) -> None:
    command = [str(Path(sys.executable).with_name("glre")), "train", "-d", "other"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: params.yaml, datasets: found 'other'")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["train"], ["train", "--data", "sample"], ["tain", "-d", "sample"]])
def test_a_command_line_that_is_none(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["glre", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
