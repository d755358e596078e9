"""Prefect on this machine: server, work pool, deployments and a worker, all on loopback."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests

from flows.port import HOST, refuse_taken
from glre.errors import InputError

POOL = "glre"
_LOOK_EVERY = 0.5
_STARTUP = 180.0
"""Seconds in which the server has to answer, on a machine however busy."""
_RECOVER_EVERY = 5.0
_AGAIN_AFTER = 5.0
_GRACE = 45.0
"""Seconds in which worker and server may end what they have under way."""


@dataclass
class Service:
    """A process that is started again when it ends by itself."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    def keep(self) -> None:
        """Start it where it does not run."""
        if self.process and self.process.poll() is None:
            return
        if self.process:
            print(f"{self.name} ended with exit code {self.process.returncode}: it is started again", flush=True)
            time.sleep(_AGAIN_AFTER)
        # A session of its own: Ctrl-C reaches this process alone, which ends the services in order.
        self.process = subprocess.Popen(self.command, env={**os.environ, **self.environment}, start_new_session=True)

    def stop(self) -> None:
        """Ask it to end, and wait; kill it where it does not."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def local_settings(root: Path, port: int | None = None) -> dict[str, str]:
    """Prefect's settings for this repository; what the user has set stays.

    Its home is `.prefect` in the repository, so runs with and without a server share one history. With `port`, the
    server there is used; without, and without PREFECT_API_URL, a temporary one.
    """
    own = {
        "PREFECT_HOME": str(root / ".prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        # A server that is restarted is away for longer than Prefect waits by itself.
        "PREFECT_CLIENT_MAX_RETRIES": "10",
        "GLRE_ROOT": str(root),  # prefect.yaml starts flows there
    }
    if port is not None:
        own["PREFECT_API_URL"] = f"http://{HOST}:{port}/api"
    return {name: os.environ.get(name, value) for name, value in own.items()}


def serve(root: Path, port: int) -> None:
    """Run all of Prefect until Ctrl-C, SIGTERM, or the terminal is closed.

    InputError where the port is taken or the server does not start.
    """
    address = f"http://{HOST}:{port}"
    refuse_taken(port)
    environment = local_settings(root, port)
    os.environ.update(environment)
    prefect = [sys.executable, "-m", "prefect"]
    server = Service("the server", [*prefect, "server", "start", "--host", HOST, "--port", str(port)])
    worker = Service("the worker", [*prefect, "worker", "start", "--pool", POOL, "--name", "local"])
    interrupt_on_requests()
    try:
        server.keep()
        _wait(lambda: _answers(address), server)
        _run([*prefect, "work-pool", "create", POOL, "--type", "process", "--overwrite"])
        # One run at a time: DVC locks the workspace.
        _run([*prefect, "work-pool", "set-concurrency-limit", POOL, "1"])
        _run([*prefect, "--no-prompt", "deploy", "--all"])
        worker.keep()
        print(f"\nPrefect: {address}\nStop all of it: Ctrl-C\n", flush=True)
        from flows.recovery import recover

        while True:
            server.keep()
            worker.keep()
            recover(POOL)
            time.sleep(_RECOVER_EVERY)
    except KeyboardInterrupt:
        print("\nThe worker, then the server are ended.", flush=True)
    finally:
        _end_runs(worker)
        worker.stop()
        server.stop()


def interrupt_on_requests() -> None:
    """Take SIGTERM, and the end of the terminal, as Ctrl-C is taken.

    That too where a shell has started this in the background, which makes Ctrl-C's signal one to be ignored.
    """
    for request in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(request, signal.default_int_handler)


def _end_runs(worker: Service) -> None:
    """Ask the flow runs of the worker to end, which would wait for them; the next `serve` goes on with them."""
    if worker.process and worker.process.poll() is None:
        runs = psutil.Process(worker.process.pid).children()
        for run in runs:
            with suppress(psutil.NoSuchProcess):
                run.terminate()
        psutil.wait_procs(runs, timeout=_GRACE)


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/api/health", timeout=2).ok
    except requests.RequestException:
        return False


def _wait(ready: Callable[[], bool], service: Service) -> None:
    deadline = time.monotonic() + _STARTUP
    while not ready():
        if service.process and service.process.poll() is not None:
            raise InputError(service.name, f"exit code {service.process.returncode}", "a process that stays")
        if time.monotonic() > deadline:
            raise InputError(service.name, f"no answer for {_STARTUP:.0f} seconds", "an answer")
        time.sleep(_LOOK_EVERY)


def _run(command: list[str]) -> None:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        output = " ".join((ended.stdout + ended.stderr).split())
        raise InputError(" ".join(command[2:]), output[-2000:], "a command that succeeds")
