"""`glre predict` in this process, and how it ended."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from glre import cli

TABLE = "passed over or mended"


@dataclass(frozen=True, slots=True)
class Ended:
    """How the command ended: the lines on standard error that are no progress, and what it says was passed over."""

    code: int
    output: str
    lines: list[str]
    passed_over: dict[str, int]


@dataclass(frozen=True, slots=True)
class Predict:
    """The command with a trained model; the current folder is empty."""

    model: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def __call__(self, *arguments: str | Path) -> Ended:
        self.monkeypatch.setattr(sys, "argv", ["glre", "predict", str(self.model), *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = self.capsys.readouterr()
        return Ended(int(ended.value.code or 0), captured.out, told(captured.err), counts(captured.err))


def told(error: str) -> list[str]:
    above = error.partition(TABLE)[0]
    return [line for line in above.splitlines() if not line.startswith("predicting: ")]


def counts(error: str) -> dict[str, int]:
    rows = [re.split("  +", line, maxsplit=2) for line in error.partition(TABLE)[2].splitlines()[1:]]
    return {kind: int(count.replace(",", "")) for kind, count, _ in rows}
