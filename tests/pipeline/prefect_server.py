"""All of Prefect as `make prefect` starts it, in a copy of the repository, and its API as a user's script asks it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests
import yaml
from requests.adapters import HTTPAdapter
from urllib3.util import Retry
from workspaces import LONGEST, Workspace, copy_without

from benchmarks.free_port import free_port

METRICS = "results/sample/glre/metrics.json"
SCHEDULED = "pipeline/scheduled"
NOW = "pipeline/now"
NIGHTLY = "nightly/now"

DEPLOYMENTS: dict[str, Any] = {
    "pull": [{"prefect.deployments.steps.set_working_directory": {"directory": "{{ $GLRE_ROOT }}"}}],
    "deployments": [
        {
            "name": "scheduled",
            "entrypoint": "flows/pipeline.py:pipeline",
            "work_pool": {"name": "glre"},
            "schedules": [{"interval": 15, "active": False}],
        },
        {"name": "now", "entrypoint": "flows/pipeline.py:pipeline", "work_pool": {"name": "glre"}},
        {
            "name": "now",
            "entrypoint": "flows/nightly.py:nightly",
            "work_pool": {"name": "glre"},
            "parameters": {"points": ["sample-glre"]},
        },
    ],
}
HANGING = {"hang": {"cmd": "sh -c 'echo $$ > pids; sleep 600 & echo $! >> pids; wait'", "outs": ["hang.txt"]}}
BREAKING = {"break": {"cmd": "echo something is wrong here; exit 3", "outs": ["break.txt"]}}


def until(condition: Callable[[], Any], what: str = "a condition") -> Any:
    """What the condition returns as soon as that is true."""
    deadline = time.monotonic() + LONGEST
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.2)
    return found


@dataclass
class Prefect:
    """A running `python -m flows serve`."""

    workspace: Workspace
    process: "subprocess.Popen[bytes]"
    api: str
    log: Path

    def post(self, path: str, **content: Any) -> Any:
        """The server's answer as JSON."""
        return self._ask("POST", path, content).json()

    def start(self, deployment: str, **parameters: Any) -> str:
        """Start a deployment now; the flow run's id."""
        run = self.post(f"deployments/{self._deployment(deployment)['id']}/create_flow_run", parameters=parameters)
        return str(run["id"])

    def switch_schedule(self, deployment: str, on: bool) -> None:
        """Start runs by the deployment's schedule from now on, or no more of them."""
        found = self._deployment(deployment)
        self._ask("PATCH", f"deployments/{found['id']}/schedules/{found['schedules'][0]['id']}", {"active": on})

    def run(self, flow_run: str) -> dict[str, Any]:
        """The flow run as it is now."""
        return dict(self._ask("GET", f"flow_runs/{flow_run}").json())

    def runs(self, deployment: str) -> list[dict[str, Any]]:
        """The deployment's flow runs, oldest first."""
        wanted = {"name": {"any_": [deployment.partition("/")[2]]}}
        return list(self.post("flow_runs/filter", deployments=wanted, sort="START_TIME_ASC"))

    def ended(self, flow_run: str) -> dict[str, Any]:
        """The flow run when it has ended, and no automation starts it again."""
        final = ("COMPLETED", "FAILED", "CANCELLED")
        try:
            return dict(until(lambda: (run := self.run(flow_run))["state"]["type"] in final and run, flow_run))
        except AssertionError as error:
            raise AssertionError(f"{self.run(flow_run)}\n{self.log.read_text()[-5000:]}") from error

    def tasks(self, flow_run: str) -> dict[str, str]:
        """Names of the flow run's tasks and of their states, in the order in which they began."""
        found = self.post("task_runs/filter", flow_runs={"id": {"any_": [flow_run]}}, sort="EXPECTED_START_TIME_ASC")
        return {task["name"]: task["state"]["name"] for task in found}

    def artifacts(self, flow_run: str) -> dict[str, Any]:
        """The flow run's artifacts, by key."""
        found = self.post("artifacts/filter", artifacts={"flow_run_id": {"any_": [flow_run]}})
        return {artifact["key"]: artifact["data"] for artifact in found}

    def process_of(self, flow_run: str) -> psutil.Process:
        """The process in which the worker runs the flow run, as soon as there is one."""
        return until(lambda: self._process_of(flow_run), f"the process of {flow_run}")

    def service(self, words: str) -> psutil.Process:
        """The server's or the worker's process."""
        own = psutil.Process(self.process.pid).children()
        return next(child for child in own if words in " ".join(child.cmdline()))

    def _deployment(self, deployment: str) -> dict[str, Any]:
        flow, _, name = deployment.partition("/")
        return dict(self._ask("GET", f"deployments/name/{flow}/{name}").json())

    def _ask(self, method: str, path: str, content: dict[str, Any] | None = None) -> requests.Response:
        answer = _session().request(method, f"{self.api}/{path}", json=content, timeout=LONGEST)
        answer.raise_for_status()
        return answer

    def _process_of(self, flow_run: str) -> psutil.Process | None:
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                environment = child.environ()
            except psutil.Error:
                continue
            if environment.get("PREFECT__FLOW_RUN_ID") == flow_run and "leash" not in " ".join(child.cmdline()):
                return child
        return None


def _session() -> requests.Session:
    """Asks again where the server is busy with its database, as Prefect's own client does."""
    again = Retry(total=10, backoff_factor=0.2, status_forcelist=[503], allowed_methods=None)
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=again))
    return session


@contextmanager
def serving(workspace: Workspace) -> Iterator[Prefect]:
    """`python -m flows serve` in the workspace, until the block ends."""
    port = free_port()
    log = workspace.root.parent / f"serve-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows", "serve", "--port", str(port)],
            cwd=workspace.root,
            env=workspace.process_environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        until(lambda: b"Worker 'local' started" in log.read_bytes() or process.poll() is not None, "the worker")
        assert process.poll() is None, log.read_text()
        yield Prefect(workspace, process, f"http://127.0.0.1:{port}/api", log)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(LONGEST)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def serving_copy(finished: Workspace, left_out: Sequence[str], root: Path, store: Path) -> Iterator[Prefect]:
    """Prefect in a copy of a finished workspace in which some stages have not run; DVC has two more that end badly."""
    workspace = copy_without(left_out, finished, root, store)
    (workspace.root / "prefect.yaml").write_text(yaml.safe_dump(DEPLOYMENTS), encoding="utf-8")
    graph = yaml.safe_load((workspace.root / "dvc.yaml").read_text(encoding="utf-8"))
    graph["stages"] |= HANGING | BREAKING
    (workspace.root / "dvc.yaml").write_text(yaml.safe_dump(graph, sort_keys=False), encoding="utf-8")
    with serving(workspace) as server:
        yield server
