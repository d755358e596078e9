"""Processes on a leash end with whoever holds it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from small_sample import ROOT

LONGEST = 60.0


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text() if Path("/proc").is_dir() else True


def leashed(*command: str, grace: float | None = None) -> "subprocess.Popen[bytes]":
    program = f"import sys; from flows import leash; leash.GRACE = {grace or 20.0}; sys.exit(leash.main(sys.argv[1:]))"
    return subprocess.Popen(
        [sys.executable, "-c", program, *command], cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True
    )


# Writes its own and its child's process ids; the child is what a stage is to `dvc repro`.
FAMILY = """
import pathlib, signal, subprocess, sys, os, time
if sys.argv[2] == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
temporary = pathlib.Path(sys.argv[1] + ".new")
temporary.write_text(f"{os.getpid()} {child.pid}")
temporary.rename(sys.argv[1])
time.sleep(600)
"""


def family(path: Path) -> list[int]:
    until(path.exists)
    return [int(pid) for pid in path.read_text().split()]


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_is_the_commands(code: int) -> None:
    with leashed(sys.executable, "-c", f"import sys; sys.exit({code})") as process:
        assert process.wait(LONGEST) == code


def test_a_command_that_a_signal_ended() -> None:
    with leashed(sys.executable, "-c", "import os; os.kill(os.getpid(), 9)") as process:
        assert process.wait(LONGEST) == 128 + signal.SIGKILL


def test_letting_go_ends_the_command_and_its_children(tmp_path: Path) -> None:
    process = leashed(sys.executable, "-c", FAMILY, str(tmp_path / "pids"), "mild")
    pids = family(tmp_path / "pids")
    assert process.stdin
    process.stdin.close()
    assert process.wait(LONGEST) == 128 + signal.SIGTERM
    assert not any(map(alive, pids))


def test_what_does_not_end_is_killed(tmp_path: Path) -> None:
    process = leashed(sys.executable, "-c", FAMILY, str(tmp_path / "pids"), "stubborn", grace=0.5)
    pids = family(tmp_path / "pids")
    assert process.stdin
    process.stdin.close()
    process.wait(LONGEST)
    until(lambda: not any(map(alive, pids)))


HOLDER = """
import subprocess, sys, time
command = [sys.executable, "-m", "flows.leash", sys.executable, "-c", sys.argv[1], sys.argv[2], "mild"]
held = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
time.sleep(600)
"""


def test_a_holder_that_is_killed_lets_go(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, FAMILY, str(tmp_path / "pids")], cwd=ROOT)
    pids = family(tmp_path / "pids")
    assert all(map(alive, pids))
    holder.kill()
    holder.wait()
    until(lambda: not any(map(alive, pids)))
