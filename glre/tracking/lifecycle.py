"""A run from its start, or from where an earlier process left it, to its end."""

import os
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from glre.errors import InputError
from glre.tracking.identity import StageIdentity
from glre.tracking.origin import Origin
from glre.tracking.store import Store

if TYPE_CHECKING:
    from mlflow.entities import Run as StoredRun

_PARAMETERS_AT_ONCE = 100
"""The most that MLflow takes in one request."""
_ERROR_LENGTH = 500


@contextmanager
def under_way(
    store: Store, identity: StageIdentity, origin: Origin, resume: str | None, more_tags: Mapping[str, str]
) -> Iterator[str]:
    """The id of a run that is open inside the block: run `resume` where the store has it, else a new one.

    It ends FINISHED, KILLED where the block was interrupted, and FAILED with the tag `error` on any other exception.
    """
    with store.in_reach():
        stored = _find(store, resume) if resume else None
        if stored:
            run_id = str(stored.info.run_id)
            _reopen(store, stored, identity, origin)
        else:
            run_id = _create(store, identity, origin, more_tags)
    try:
        yield run_id
    except BaseException as error:
        with suppress(InputError):  # what stopped the stage matters more than a store that fails as well
            _end_after(store, run_id, error)
        raise
    with store.in_reach():
        store.client.set_terminated(run_id, "FINISHED")


def end_abandoned(store: Store) -> None:
    """Mark as KILLED the runs whose process, on this machine, is gone without having ended them."""
    here = f"attributes.status = 'RUNNING' AND tags.process LIKE '{socket.gethostname()}:%'"
    with store.in_reach():
        for run in store.client.search_runs([store.experiment_id], here):
            if not _is_alive(int(run.data.tags["process"].rpartition(":")[2])):
                store.client.set_terminated(run.info.run_id, "KILLED")


def _find(store: Store, run_id: str) -> "StoredRun | None":
    from mlflow.exceptions import MlflowException

    try:
        run = store.client.get_run(run_id)
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return None
        raise
    return run if run.info.lifecycle_stage == "active" else None


def _create(store: Store, identity: StageIdentity, origin: Origin, more_tags: Mapping[str, str]) -> str:
    tags = {**identity.tags, **origin.code, **_inputs(origin), **_process(), **more_tags}
    # What MLflow's pages show as a run's source and version.
    tags |= {"mlflow.source.name": f"glre {identity.stage}", "mlflow.source.git.commit": origin.code["git_commit"]}
    run = store.client.create_run(store.experiment_id, run_name=identity.run_name, tags=tags)
    _log_parameters(store, run, origin)
    return str(run.info.run_id)


def _reopen(store: Store, run: "StoredRun", identity: StageIdentity, origin: Origin) -> None:
    run_id = run.info.run_id
    store.client.update_run(run_id, status="RUNNING")
    code = {"dvc_stage": identity.dvc_stage, **origin.code}
    if run.data.tags.get("stage") != identity.stage:
        # Another stage goes on with the run: what the first says of itself stays, and this one's stands beside it.
        code = {f"{identity.stage}.{name}": value for name, value in code.items()}
    for name, value in {**code, **_inputs(origin), **_process()}.items():
        store.client.set_tag(run_id, name, value)
    if "error" in run.data.tags:
        store.client.delete_tag(run_id, "error")
    _log_parameters(store, run, origin)


def _log_parameters(store: Store, run: "StoredRun", origin: Origin) -> None:
    from mlflow.entities import Param

    # MLflow refuses another value for a parameter that a run has.
    new = [Param(name, value) for name, value in origin.parameters.items() if name not in run.data.params]
    for start in range(0, len(new), _PARAMETERS_AT_ONCE):
        store.client.log_batch(run.info.run_id, params=new[start : start + _PARAMETERS_AT_ONCE])


def _end_after(store: Store, run_id: str, error: BaseException) -> None:
    interrupted = isinstance(error, KeyboardInterrupt)
    with store.in_reach():
        if not interrupted:
            text = f"{type(error).__name__}: {error}"
            store.client.set_tag(run_id, "error", text[:_ERROR_LENGTH])
        store.client.set_terminated(run_id, "KILLED" if interrupted else "FAILED")


def _inputs(origin: Origin) -> dict[str, str]:
    # MLflow takes letters, digits and a few signs in a tag's name.
    return {f"input.{re.sub('[^0-9A-Za-z_./ :-]', '_', name)}": md5 for name, md5 in origin.inputs.items()}


def _process() -> dict[str, str]:
    return {"process": f"{socket.gethostname()}:{os.getpid()}"}


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
