import io
import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from small_sample import ROOT

from glre import cli
from glre.commands.results import page_of_results
from glre.grid.params import read_settings

COMMITTED = ("params.yaml", "grid.yaml", "results")


def glre(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command line; the exit code."""
    monkeypatch.setattr(sys, "argv", ["glre", "results", *arguments])
    try:
        cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_the_page_of_results_is_up_to_date(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the results that are committed; whoever has others of their own need not write it anew to run the tests."""
    written = (ROOT / "docs/results.md").read_text(encoding="utf-8")
    monkeypatch.chdir(ROOT)
    if page_of_results(read_settings()) != written:
        archive = subprocess.run(["git", "archive", "HEAD", *COMMITTED], capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            packed.extractall(tmp_path, filter="data")
        monkeypatch.chdir(tmp_path)
        assert page_of_results(read_settings()) == written, "run `glre results --write docs/results.md`"


def test_figures_stand_beside_those_of_the_paper(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    assert glre(monkeypatch, "--dataset", "cdr", "--write", str(tmp_path / "page.md")) == 0
    lines = (tmp_path / "page.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if line.startswith("|")]
    rows = {row[0].replace("\\", ""): row for row in cells if len(row) == 10}
    test = json.loads(Path("results/cdr/glre/metrics.json").read_text())["test"]
    assert rows["glre"][5] == f"{100 * test['f1']:.1f} ± {100 * test['f1_std']:.1f}"
    assert rows["the paper: GLRE"][3:6] == ["65.1", "72.2", "68.5"]
    names = list(rows)
    without = names.index("without_context")
    assert names[without + 1] == "the paper: without context relation representations"
    assert rows["every candidate pair"][5] == f"{100 * test['all_positive_f1']:.1f}"
    assert [line for line in lines if line.startswith("## ")] == ["## cdr", "## Where this comes from"]


def test_without_results_there_is_no_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(ROOT)
    assert glre(monkeypatch, "--dataset", "docred", "--write", str(tmp_path / "page.md")) == 2
    assert "found no results of the grid's points" in capsys.readouterr().err
    assert not (tmp_path / "page.md").exists()
