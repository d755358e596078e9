"""The files of a trained model from MLflow's store."""

import re
from pathlib import Path

from glre.errors import InputError
from glre.tracking.provenance.workspace import find_workspace
from glre.tracking.store import Store, existing_store

EXPECTED = (
    "models:/glre-cdr@champion, models:/glre-cdr/3, glre-cdr@champion, models:/m-<id>, or runs:/<id of a seed's run>"
)
_NAMED = re.compile(r"(?:models:/)?(?P<name>[^/@:]+)(?:@(?P<alias>[^/@]+)|/(?P<version>[0-9]+))")
_LOGGED = re.compile(r"models:/(?P<id>m-[0-9a-f]{32})")
_RUN = re.compile(r"runs:/(?P<id>[0-9a-f]{32})(?:/.*)?")


def is_reference(text: str) -> bool:
    """Whether `text` reads like a model in MLflow."""
    return any(form.fullmatch(text) for form in (_LOGGED, _RUN)) or bool(
        (named := _NAMED.fullmatch(text)) and (text.startswith("models:/") or named["alias"])
    )


def fetch_model(reference: str) -> Path:
    """The model's folder, as `glre train` wrote it, from the store of the current folder's repository.

    Where the store is not on this machine it is copied to a temporary folder. InputError where there is no such model.
    """
    store = _store()
    files = sorted(_download(store, reference, _location(store, reference)).glob("artifacts/*/settings.json"))
    if not files:
        raise InputError(reference, "a model without its folder", "one that `glre train` logged")
    return files[0].parent


def _store() -> Store:
    return existing_store(find_workspace(Path.cwd()).owner)


def _location(store: Store, reference: str) -> str:
    from mlflow.exceptions import MlflowException

    try:
        with store.in_reach():
            if match := _NAMED.fullmatch(reference):
                return _version(store, match)
            model = store.client.get_logged_model(_model_id(store, reference))
            return str(model.artifact_location)
    except MlflowException:
        raise InputError(reference, f"no such model in MLflow's store {store.uri}", EXPECTED) from None


def _version(store: Store, match: re.Match[str]) -> str:
    name, alias, version = match["name"], match["alias"], match["version"]
    client = store.client
    found = client.get_model_version_by_alias(name, alias) if alias else client.get_model_version(name, version)
    return str(found.source)


def _model_id(store: Store, reference: str) -> str:
    if match := _LOGGED.fullmatch(reference):
        return match["id"]
    match = _RUN.fullmatch(reference)
    outputs = store.client.get_run(match["id"]).outputs if match else None
    models = outputs.model_outputs if outputs else []
    if not models:
        raise InputError(reference, "a run without a model", "the run of a seed, which `glre train` logged")
    return str(models[0].model_id)


def _download(store: Store, reference: str, location: str) -> Path:
    from mlflow.artifacts import download_artifacts
    from mlflow.exceptions import MlflowException

    try:
        return Path(download_artifacts(artifact_uri=location, tracking_uri=store.uri))
    except (MlflowException, OSError) as error:
        raise InputError(reference, " ".join(str(error).split())[:200], f"its files, at {location}") from None
