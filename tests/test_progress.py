import io
import sys

import pytest

from glre import progress as module
from glre.progress import progress


def test_without_a_terminal_a_line_every_so_often(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "LINE_EVERY", 0.0)
    with progress("training", total=3, unit="epoch") as tracker:
        tracker.advance(note="loss 0.5")
        tracker.advance(2)
    assert capsys.readouterr().err.splitlines() == [
        "training: 1 of 3 epochs, 0 s, loss 0.5",
        "training: 3 of 3 epochs, 0 s, loss 0.5",
        "training: 3 of 3 epochs, 0 s, loss 0.5",
    ]


def test_short_work_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("fetching", total=2_500_000, unit="bytes", done=500_000) as tracker:
        for _ in range(20):
            tracker.advance(100_000)
    assert capsys.readouterr().err == "fetching: 2.5 MB of 2.5 MB, 0 s\n"


def test_one_is_told_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("scoring", total=1, unit="document") as tracker:
        tracker.advance()
    with progress("reading", unit="document") as tracker:
        tracker.advance()
    assert capsys.readouterr().err.splitlines() == ["scoring: 1 of 1 document, 0 s", "reading: 1 document, 0 s"]


def test_work_of_unknown_length(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("reading") as tracker:
        tracker.advance(7)
    assert capsys.readouterr().err == "reading: 7, 0 s\n"


def test_work_that_fails_has_no_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="broken"), progress("reading"):
        raise ValueError("broken")
    assert capsys.readouterr().err == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with progress("training [1]", total=4, unit="epoch") as tracker:
        tracker.advance(3, note="dev F1 60.1 [best]")
    shown = terminal.getvalue()
    assert "training [1]" in shown
    assert "3 of 4 epochs" in shown
    assert "dev F1 60.1 [best]" in shown
