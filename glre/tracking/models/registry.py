"""Trained models as versions of one registered model for each dataset, the best of which is its champion."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from glre.tracking.run import StageRun

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModel
    from mlflow.entities.model_registry import ModelVersion

CHAMPION = "champion"
"""The alias of the version with the best dev F1."""
_DEV_F1 = "dev.f1"


def registered_name(dataset: str) -> str:
    """The registered model of a dataset, as in `models:/glre-cdr@champion`."""
    return f"glre-{dataset}"


def register_model(run: StageRun, dev_f1: float, threshold: float) -> bool:
    """Make the model of a seed's run a version of its dataset's model, and the best version on dev the champion.

    A model that is a version already is not registered again. False where the store has no such model (any more):
    then nothing is done. Of versions with the same dev F1 the champion stays what it is, else the first becomes it.
    """
    with run.store.in_reach():
        client = run.store.client
        model = _logged_model(client, run.model_id)
        dataset = run.identity.dataset
        if model is None or dataset is None:
            return False
        name = registered_name(dataset)
        _create_name(client, name, dataset)
        if model.artifact_location not in {version.source for version in _versions(client, name)}:
            _create_version(run, name, model, {_DEV_F1: repr(dev_f1), "threshold": repr(threshold)})
        _choose_champion(client, name)
        return True


def _logged_model(client: "MlflowClient", model_id: str | None) -> "LoggedModel | None":
    """The model where it can be served: its record is there and finished, and so are its files."""
    from mlflow.entities import LoggedModelStatus
    from mlflow.exceptions import MlflowException

    if model_id is None:
        return None
    try:
        model = client.get_logged_model(model_id)
        files = {file.path for file in client.list_logged_model_artifacts(model_id)}
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return None
        raise
    return model if model.status == LoggedModelStatus.READY and "MLmodel" in files else None


def _create_name(client: "MlflowClient", name: str, dataset: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(
            name,
            tags={"dataset": dataset},
            description=f"GLRE trained on `{dataset}`, a version for each seed of each experiment. "
            f"`models:/{name}@{CHAMPION}` is the one with the best F1 on dev.",
        )
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def _create_version(run: StageRun, name: str, model: "LoggedModel", figures: Mapping[str, str]) -> None:
    identity = run.identity
    tags = {
        "dataset": identity.dataset,
        "experiment": identity.experiment,
        "encoder": identity.encoder,
        "seed": str(identity.seed),
        "run_id": run.run_id,
        "git_commit": run.store.client.get_run(run.run_id).data.tags.get("git_commit"),
        **figures,
    }
    run.store.client.create_model_version(
        name,
        # Not `models:/m-…`: MLflow would look that up in a store of its own choice.
        source=model.artifact_location,
        run_id=run.run_id,
        tags={key: value for key, value in tags.items() if value is not None},
        description=f"`{identity.point}`, seed {identity.seed}: F1 on dev {100 * float(figures[_DEV_F1]):.1f} %. "
        f"`glre reproduce {run.run_id[:8]}` says how to get it again.",
        model_id=model.model_id,
    )


def _choose_champion(client: "MlflowClient", name: str) -> None:
    # Whoever moves the alias looks again, at versions that others may have registered meanwhile: of several that
    # evaluate at once the last one to move it has seen all.
    while True:
        alias = client.get_registered_model(name).aliases.get(CHAMPION)
        champion = None if alias is None else int(alias)
        best = _best(_versions(client, name), champion)
        if best is None or best == champion:
            return
        client.set_registered_model_alias(name, CHAMPION, str(best))


def _best(versions: Iterable["ModelVersion"], champion: int | None) -> int | None:
    """The version with the best dev F1: of equals the champion, else the first."""
    figures = {int(version.version): float(version.tags[_DEV_F1]) for version in versions if _DEV_F1 in version.tags}
    order = sorted(figures, key=lambda number: (-figures[number], number != champion, number))
    return order[0] if order else None


def _versions(client: "MlflowClient", name: str) -> list["ModelVersion"]:
    found: list[ModelVersion] = []
    token = None
    while True:
        page = client.search_model_versions(f"name = '{name}'", page_token=token)
        found += page
        if not (token := page.token):
            return found
