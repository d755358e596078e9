"""Progress of long work on standard error: a bar on a terminal, elsewhere a plain line every so often."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from glre.counted import counted

LINE_EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


class Tracker(Protocol):
    """What long work reports to."""

    def advance(self, steps: int = 1, note: str = "") -> None:
        """Count `steps` more as done; a `note`, such as the loss, stands beside the count until the next one."""


@contextmanager
def progress(description: str, total: int | None = None, unit: str = "", done: int = 0) -> Iterator[Tracker]:
    """Show work of `total` steps (None: unknown), `done` of which lie behind.

    `unit` is one of them, such as "document"; "bytes" are written as kB, MB.
    """
    if sys.stderr.isatty():
        with _bar() as bar:
            yield _Bar(bar, description, total, unit, done)
    else:
        lines = _Lines(description, total, unit, done)
        yield lines
        lines.finish()


class _Bar:
    def __init__(self, bar: Progress, description: str, total: int | None, unit: str, done: int) -> None:
        self._bar, self._total, self._unit, self._done, self._note = bar, total, unit, done, ""
        text = _count(done, total, unit)
        self._task = bar.add_task(description, total=total, completed=done, count=text, note="")

    def advance(self, steps: int = 1, note: str = "") -> None:
        self._done += steps
        self._note = note or self._note
        text = _count(self._done, self._total, self._unit)
        self._bar.update(self._task, completed=self._done, count=text, note=self._note)


class _Lines:
    def __init__(self, description: str, total: int | None, unit: str, done: int) -> None:
        self._description, self._total, self._unit, self._done, self._note = description, total, unit, done, ""
        self._began = self._last = time.monotonic()

    def advance(self, steps: int = 1, note: str = "") -> None:
        self._done += steps
        self._note = note or self._note
        if time.monotonic() - self._last >= LINE_EVERY:
            self._print()

    def finish(self) -> None:
        self._print()

    def _print(self) -> None:
        self._last = time.monotonic()
        parts = [_count(self._done, self._total, self._unit), f"{self._last - self._began:.0f} s", self._note]
        print(f"{self._description}: {', '.join(part for part in parts if part)}", file=sys.stderr, flush=True)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[count]}", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        console=Console(stderr=True),
    )


def _count(done: int, total: int | None, unit: str) -> str:
    if unit == "bytes":
        return decimal(done) if total is None else f"{decimal(done)} of {decimal(total)}"
    if total is None:
        return counted(done, unit) if unit else f"{done:,}"
    return f"{done:,} of {counted(total, unit) if unit else f'{total:,}'}"
