import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_sample import ROOT

from glre import cli
from glre.documents.document import Document, to_json
from glre.documents.table import read_documents

FILE = str(ROOT / "data/sample/test.PubTator.txt")
MODEL = "models/sample/glre"

pytestmark = pytest.mark.usefixtures("finished")


@pytest.fixture(scope="module")
def document(finished_folder: Path) -> Document:
    return read_documents(finished_folder / "data/processed/sample/test.parquet")[0]


def ask(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["glre", "explain", *arguments])
    cli.main()


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command prints; it ends well."""
    with pytest.raises(SystemExit) as ended:
        ask(monkeypatch, *arguments)
    output = capsys.readouterr()
    assert (ended.value.code, output.err) == (0, "")
    return output.out


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line on standard error of a command that ends with exit code 2."""
    with pytest.raises(SystemExit) as ended:
        ask(monkeypatch, *arguments)
    output = capsys.readouterr()
    assert (ended.value.code, output.out) == (2, "")
    (line,) = output.err.splitlines()
    return line


def test_a_document_of_a_file_on_the_terminal_and_as_a_page(
    document: Document, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "new" / "page.html"
    out = said(monkeypatch, capsys, MODEL, FILE, "--doc", document.id, "-o", str(page))
    assert f"Document {document.id}. Model sample glre, seed 1." in out
    assert "chemical-induced disease" in out
    assert "without context" in out
    assert "\x1b" not in out
    assert out.endswith(f"\n{page}: the same as a page\n")
    html = page.read_text(encoding="utf-8")
    assert document.title in html
    assert "without context" in html
    assert [path.name for path in page.parent.iterdir()] == ["page.html"]
    assert said(monkeypatch, capsys, MODEL, FILE, "--doc", document.id) in out


def test_the_only_document_of_standard_input(document: Document) -> None:
    ended = subprocess.run(
        [str(Path(sys.executable).with_name("glre")), "explain", MODEL, "-"],
        input=to_json(document),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"Document {document.id}." in ended.stdout


def test_a_pair_and_a_threshold(
    document: Document, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chemical = next(entity for entity in document.entities if entity.type == "Chemical")
    disease = next(entity for entity in document.entities if entity.type == "Disease")
    arguments = (MODEL, FILE, "--doc", document.id, "--pair", f"{chemical.id},{disease.mentions[0].text}")
    out = said(monkeypatch, capsys, *arguments, "--threshold", "0")
    assert out.count("\npredicted: ") == 1
    assert "threshold 0.000" in out
    assert f"[{document.entities.index(disease) + 1} {disease.mentions[0].text}]" in out
    out = said(monkeypatch, capsys, *arguments, "--threshold", "1")
    assert out.count("\nnot predicted: ") == 1


def test_what_is_not_there(
    document: Document, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    here = (MODEL, FILE, "--doc", document.id)
    line = refused(monkeypatch, capsys, MODEL, FILE, "--doc", "nobody")
    assert f"found no document 'nobody'; expected one of its 60: '{document.id}', " in line
    assert "--doc" in refused(monkeypatch, capsys, MODEL, FILE)
    assert "found no entity 'nobody'" in refused(
        monkeypatch, capsys, *here, "--pair", f"{document.entities[0].id},nobody"
    )
    assert "error: models/none: found no such folder" in refused(monkeypatch, capsys, "models/none", *here[1:])
    assert "found a folder; expected the name of a file" in refused(monkeypatch, capsys, *here, "-o", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_can_not_be_written(
    document: Document, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(sys, "argv", ["glre"])
    with pytest.raises(SystemExit) as ended:
        ask(monkeypatch, MODEL, FILE, "--doc", document.id, "-o", str(tmp_path / "file" / "page.html"))
    assert ended.value.code == 2
    assert "expected a file that can be written" in capsys.readouterr().err
