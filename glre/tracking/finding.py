"""A run by what people call it: its id, the beginning of its id, or a version of a registered model."""

import re
from typing import TYPE_CHECKING

from glre.errors import InputError
from glre.tracking.lifecycle import find_run
from glre.tracking.store import Store

if TYPE_CHECKING:
    from mlflow.entities import Run as StoredRun

_EXPECTED = "the id of a run in MLflow, the beginning of one, or a model such as models:/glre-cdr@champion"
_MODEL = re.compile(r"models:/(?P<name>[^/@]+)(?:@(?P<alias>.+)|/(?P<version>[0-9]+))")
_SHOWN = 5


def look_up_run(store: Store, reference: str) -> "StoredRun":
    """The run called `reference`; InputError where there is none, or several have an id that begins with it."""
    if match := _MODEL.fullmatch(reference):
        return _run_of_model(store, reference, match)
    if not re.fullmatch("[0-9a-f]{1,32}", reference):
        raise InputError("run", repr(reference), _EXPECTED)
    with store.in_reach():
        found = store.client.search_runs([store.experiment_id], f"attributes.run_id LIKE '{reference}%'")
    if not found:
        raise InputError(f"run {reference}", "no such run in MLflow's store", _EXPECTED)
    if len(found) > 1:
        ids = ", ".join(str(run.info.run_id)[:12] for run in found[:_SHOWN])
        raise InputError(f"run {reference}", f"{len(found)} runs, {ids} among them", "more digits of the one meant")
    return found[0]


def _run_of_model(store: Store, reference: str, match: re.Match[str]) -> "StoredRun":
    from mlflow.exceptions import MlflowException

    name, alias, version = match["name"], match["alias"], match["version"]
    try:
        with store.in_reach():
            client = store.client
            found = client.get_model_version_by_alias(name, alias) if alias else client.get_model_version(name, version)
            run = find_run(store, found.run_id) if found.run_id else None
    except MlflowException:
        raise InputError(reference, "no such model in MLflow's store", _EXPECTED) from None
    if run is None:
        raise InputError(reference, "a model whose run the store does not have", _EXPECTED)
    return run
