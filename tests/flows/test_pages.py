"""MLflow's pages: a port that can't be had, a server that ends, and nothing that is left of one that was stopped."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import requests
from small_sample import ROOT

from benchmarks.free_port import free_port
from flows.pages import open_pages
from flows.port import refuse_taken
from glre.errors import InputError

SLEEPERS = "import subprocess, sys, time; [subprocess.Popen(['sleep', '600']) for _ in range(3)]; time.sleep(600)"
KEEPING = f"import sys; from flows.pages import keep_open; keep_open([sys.executable, '-c', {SLEEPERS!r}])"


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port}: found a process that listens already; expected a free"):
            open_pages(tmp_path, port)


def test_a_port_that_is_bound_by_one_who_does_not_listen_yet() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port}: found Address already in use"):
            refuse_taken(port)


def until(condition: Callable[[], object], process: "subprocess.Popen[bytes]") -> None:
    """Wait for the condition, as long as the process runs."""
    deadline = time.monotonic() + 300
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)


def start(program: str, **environment: str) -> "subprocess.Popen[bytes]":
    """As a shell does in the background, with Ctrl-C ignored."""
    return subprocess.Popen(
        [sys.executable, "-c", f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); {program}"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def descendants(process: "subprocess.Popen[bytes]", number: int) -> list[psutil.Process]:
    """All that a process has started and what those have, as soon as they are so many."""
    own = psutil.Process(process.pid)
    until(lambda: len(own.children(recursive=True)) >= number, process)
    return list(own.children(recursive=True))


def test_a_server_that_ends_by_itself() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "from flows.pages import keep_open; keep_open(['true'])"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "MLflow's server: found its end, with exit code 0; expected one that stays" in ended.stderr


@pytest.mark.parametrize("request_to_end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_process_is_left_behind(request_to_end: signal.Signals) -> None:
    process = start(KEEPING)
    children = descendants(process, 5)  # the leash, the server, and three that it started
    process.send_signal(request_to_end)
    assert process.wait(60) == (-9 if request_to_end is signal.SIGKILL else 0)
    _, alive = psutil.wait_procs(children, timeout=60 if request_to_end is signal.SIGKILL else 5)
    assert not alive


def test_mlflow_with_its_job_runner_and_consumers(tmp_path: Path, empty_mlflow_store: Path) -> None:
    port = free_port()
    shutil.copy(empty_mlflow_store, tmp_path / "mlflow.db")
    program = (
        f"from pathlib import Path; from flows.pages import open_pages; open_pages(Path({str(tmp_path)!r}), {port})"
    )
    process = start(program, MLFLOW_SERVER_ENABLE_JOB_EXECUTION="true")

    def answers() -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{port}/health", timeout=5).ok
        except requests.RequestException:
            return False

    until(answers, process)
    own = psutil.Process(process.pid)
    until(lambda: any("consumer" in " ".join(child.cmdline()) for child in own.children(recursive=True)), process)
    children = own.children(recursive=True)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive
