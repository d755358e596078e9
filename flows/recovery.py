"""Runs that were cut: what no process runs any more is marked as crashed, and what crashed is started again.

Prefect has automations for this, fed by events. Its server drops events when its SQLite file is busy, so that here the
runs themselves are looked at.
"""

from datetime import UTC, datetime, timedelta

import httpx
import psutil
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, WorkPoolFilter, WorkPoolFilterName
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import PrefectException
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from prefect.states import AwaitingRetry, Crashed

MOST_STARTS = 5
"""Of one run: one that was cut that often is not going to end by being started again."""
SETTLED = timedelta(seconds=10)
"""After a crash: a worker reports one twice, and the second report must not meet the run that was started again."""
LONGEST_AGO = timedelta(days=1)
"""A run that crashed earlier is history."""
_GRAIN = timedelta(seconds=5)
"""How far the clocks of a process's start and of its run's state may be apart."""


def recover(pool: str) -> None:
    """Look once at the pool's runs, which are this machine's. Nothing happens where the server can't be reached."""
    try:
        with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}), get_client(sync_client=True) as client:
            for run in _runs(client, pool):
                _recover(client, run, datetime.now(UTC))
    except (httpx.HTTPError, PrefectException):
        return  # a server that is busy or restarted: there will be a next look


def _runs(client: SyncPrefectClient, pool: str) -> list[FlowRun]:
    states = {"state": {"type": {"any_": [StateType.RUNNING, StateType.CRASHED]}}}
    in_pool = WorkPoolFilter(name=WorkPoolFilterName(any_=[pool]))
    return client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate(states), work_pool_filter=in_pool)


def _recover(client: SyncPrefectClient, run: FlowRun, now: datetime) -> None:
    if run.state is None or run.deployment_id is None:
        return
    since = now - run.state.timestamp
    if run.state.is_running() and run.infrastructure_pid and not _runs_still(run.infrastructure_pid, run):
        client.set_flow_run_state(run.id, Crashed(message="Its process is gone."))
    elif run.state.is_crashed() and SETTLED < since < LONGEST_AGO and run.run_count < MOST_STARTS:
        client.set_flow_run_state(run.id, AwaitingRetry(message="Started again after a crash."))


def _runs_still(pid: str, run: FlowRun) -> bool:
    """Whether the process is there, and older than the run's state: else the number is another's by now."""
    try:
        began = datetime.fromtimestamp(psutil.Process(int(pid)).create_time(), UTC)
        return bool(run.state and began < run.state.timestamp + _GRAIN)
    except (psutil.NoSuchProcess, ValueError):
        return False
