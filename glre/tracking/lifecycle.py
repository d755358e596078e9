"""A run from its start, or from where an earlier process left it, to its end."""

import os
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from glre.errors import InputError
from glre.tracking.provenance.description import NOTE, describe
from glre.tracking.provenance.identity import Identity
from glre.tracking.provenance.origin import Origin
from glre.tracking.store import Store

if TYPE_CHECKING:
    from mlflow.entities import Run as StoredRun

PARENT = "mlflow.parentRunId"
"""The tag by which MLflow shows a run under another."""
ALSO_UNDER = "also_under"
"""The later parents of a run that was gone on with, which stays under its first."""
_PARAMETERS_AT_ONCE = 100
"""The most that MLflow takes in one request."""
_ERROR_LENGTH = 500


@contextmanager
def under_way(
    store: Store, identity: Identity, origin: Origin, resume: str | None, more_tags: Mapping[str, str]
) -> Iterator[str]:
    """The id of a run that is open inside the block: run `resume` where the store has it, else a new one.

    It ends FINISHED, KILLED where the block was interrupted, and FAILED with the tag `error` on any other exception.
    """
    with store.in_reach():
        stored = find_run(store, resume) if resume else None
        if stored:
            run_id = str(stored.info.run_id)
            _reopen(store, stored, identity, origin, more_tags)
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


def find_run(store: Store, run_id: str) -> "StoredRun | None":
    """The run with this id; None where the store has none, or has it deleted."""
    from mlflow.exceptions import MlflowException

    try:
        run = store.client.get_run(run_id)
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return None
        raise
    return run if run.info.lifecycle_stage == "active" else None


def _create(store: Store, identity: Identity, origin: Origin, more_tags: Mapping[str, str]) -> str:
    tags = {**identity.tags, **origin.code, **_inputs(origin), **_process(), **more_tags}
    # What MLflow's pages show as a run's source and version.
    tags |= {"mlflow.source.name": identity.command, "mlflow.source.git.commit": origin.code["git_commit"]}
    if origin.remote:
        tags["mlflow.source.git.repoURL"] = origin.remote
    run = store.client.create_run(store.experiment_id, run_name=identity.run_name, tags=tags)
    run_id = str(run.info.run_id)
    store.client.set_tag(run_id, NOTE, describe(run_id, tags))
    _log_parameters(store, run, origin)
    return run_id


def _reopen(store: Store, run: "StoredRun", identity: Identity, origin: Origin, more_tags: Mapping[str, str]) -> None:
    run_id, former = str(run.info.run_id), run.data.tags
    store.client.update_run(run_id, status="RUNNING")
    own, stage = identity.tags, identity.tags["stage"]
    code = {"dvc_stage": own["dvc_stage"], **origin.code} if "dvc_stage" in own else origin.code
    if former.get("stage") != stage:
        # Another stage goes on with the run: what the first says of itself stays, and this one's stands beside it.
        code = {f"{stage}.{name}": value for name, value in code.items()}
    tags = {**code, **_inputs(origin), **_process(), **_parents(former, more_tags)}
    if former.get(NOTE) in (None, describe(run_id, former)):  # else someone has written there
        tags[NOTE] = describe(run_id, {**former, **tags})
    for name, value in tags.items():
        store.client.set_tag(run_id, name, value)
    if "error" in run.data.tags:
        store.client.delete_tag(run_id, "error")
    _log_parameters(store, run, origin)


def _parents(former: Mapping[str, str], more_tags: Mapping[str, str]) -> dict[str, str]:
    """The other tags, of which a second parent stands beside the first: MLflow shows a run in one place."""
    tags = dict(more_tags)
    if (later := tags.get(PARENT)) and (first := former.get(PARENT)):
        del tags[PARENT]
        known = former.get(ALSO_UNDER, "").split()
        if later != first and later not in known:
            tags[ALSO_UNDER] = " ".join([*known, later])
    return tags


def _log_parameters(store: Store, run: "StoredRun", origin: Origin) -> None:
    from mlflow.entities import Param

    # MLflow refuses another value for a parameter that a run has.
    new = [Param(name, value) for name, value in origin.parameters.items() if name not in run.data.params]
    for start in range(0, len(new), _PARAMETERS_AT_ONCE):
        store.client.log_batch(run.info.run_id, params=new[start : start + _PARAMETERS_AT_ONCE])


def _end_after(store: Store, run_id: str, error: BaseException) -> None:
    # Ctrl-C, and what schedulers raise to end a flow: neither is an Exception.
    interrupted = not isinstance(error, Exception | SystemExit)
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
