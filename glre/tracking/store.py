"""The MLflow store that every run is logged to: where it is, and opening it when several processes start at once."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from filelock import FileLock

from glre.errors import InputError

if TYPE_CHECKING:
    from mlflow import MlflowClient

_VARIABLE = "MLFLOW_TRACKING_URI"
_EXPERIMENT = "glre"
_NO_EXPERIMENT = "-1"
"""An id that no experiment has: in a store without ours there are models perhaps, and no runs."""
_SQLITE = "sqlite:///"
_DATABASES = ("sqlite", "postgresql", "mysql", "mssql")
"""Stores that have to be told where artifacts go; a server knows it by itself."""
_LOCK_SECONDS = 60
_ANSWER_SECONDS = 30
_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "CRITICAL",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
"""What MLflow reads when it is imported; where the user has set one, that stays."""
_OUT_OF_REACH = {"TEMPORARILY_UNAVAILABLE", "INTERNAL_ERROR", "BAD_REQUEST"}
"""MLflow's error codes for a store that doesn't answer or can't be written; others are a wrong call of ours."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open store, and the experiment in it that runs belong to."""

    uri: str
    client: "MlflowClient"
    experiment_id: str

    @contextmanager
    def in_reach(self) -> Iterator[None]:
        """Turn a store that fails inside the block into an InputError that names it."""
        from mlflow.exceptions import MlflowException

        try:
            yield
        except (MlflowException, OSError) as error:
            if isinstance(error, MlflowException) and error.error_code not in _OUT_OF_REACH:
                raise
            raise _unusable(self.uri, error) from error


def store_uri(owner: Path) -> str:
    """URI of the store of the repository at `owner`: MLFLOW_TRACKING_URI, else `mlflow.db` in the repository.

    The path of an SQLite file is made absolute, from `owner`, so that all work trees mean the same file.
    """
    uri = os.environ.get(_VARIABLE) or f"{_SQLITE}mlflow.db"
    if not uri.startswith(_SQLITE):
        return uri
    file, separator, options = uri.removeprefix(_SQLITE).partition("?")
    return f"{_SQLITE}{owner / file}{separator}{options}"


def open_store(owner: Path) -> Store:
    """Open the store to log to, creating it where it is an SQLite file that does not exist yet.

    InputError, naming the URI, where it cannot be reached or written.
    """
    uri = store_uri(owner)
    database = _database(uri)
    with _opening(uri):
        if database is not None:
            database.parent.mkdir(parents=True, exist_ok=True)
            _probe_writing(database)
        _probe_answer(uri)
        from mlflow import MlflowClient

        # MLflow's client creates the schema without a lock, and fails on one that another process is creating.
        with nullcontext() if database is None else FileLock(f"{database}.lock", timeout=_LOCK_SECONDS):
            client = MlflowClient(tracking_uri=uri)
            return Store(uri, client, _experiment(client, uri, owner, database))


def existing_store(owner: Path) -> Store:
    """Open the store to look something up: nothing is created, and its folder need not be writable.

    InputError, naming the URI, where there is none, or it cannot be reached.
    """
    uri = store_uri(owner)
    database = _database(uri)
    folder = _folder(uri)
    if not all(place.exists() for place in (database, folder) if place is not None):
        expected = f"the one that the stages log to, from its repository, or named by {_VARIABLE}"
        raise InputError(_place(uri), "no such store", expected)
    with _opening(uri):
        _probe_answer(uri)
        from mlflow import MlflowClient

        lock = Path(f"{database}.lock")
        with FileLock(lock, timeout=_LOCK_SECONDS) if os.access(lock, os.W_OK) else nullcontext():
            client = MlflowClient(tracking_uri=uri)
            experiment = client.get_experiment_by_name(_experiment_name())
            return Store(uri, client, str(experiment.experiment_id) if experiment else _NO_EXPERIMENT)


def _database(uri: str) -> Path | None:
    return Path(uri.removeprefix(_SQLITE).partition("?")[0]) if uri.startswith(_SQLITE) else None


def _folder(uri: str) -> Path | None:
    """Where MLflow keeps runs in files, as it does for a path in the place of an address."""
    if uri.startswith("file:"):
        return Path(url2pathname(urlsplit(uri).path))
    return None if "://" in uri or ":" in uri.partition("/")[0] else Path(uri)


@contextmanager
def _opening(uri: str) -> Iterator[None]:
    _keep_mlflow_quiet()
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # whatever keeps a store from opening: drivers, networks, files, versions
        raise _unusable(uri, error) from error


def _keep_mlflow_quiet() -> None:
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)


def _probe_writing(database: Path) -> None:
    with closing(sqlite3.connect(database, timeout=_LOCK_SECONDS, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")


def _probe_answer(uri: str) -> None:
    """Fail at once on a server that is out of reach: MLflow itself would retry for minutes."""
    if uri.startswith(("http://", "https://")):
        import requests

        try:
            requests.get(uri, timeout=_ANSWER_SECONDS, stream=True).close()
        except requests.exceptions.SSLError:
            return  # an answer too: MLFLOW_TRACKING_INSECURE_TLS may accept its certificate
        except (requests.exceptions.ConnectionError, requests.exceptions.Timeout):
            raise ConnectionError("no answer") from None


def _experiment_name() -> str:
    return os.environ.get("MLFLOW_EXPERIMENT_NAME", _EXPERIMENT)


def _experiment(client: "MlflowClient", uri: str, owner: Path, database: Path | None) -> str:
    from mlflow.exceptions import MlflowException

    name = _experiment_name()
    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        folder = (database.parent if database else owner) / "mlartifacts"
        location = folder.as_uri() if uri.startswith(_DATABASES) else None
        try:
            return str(client.create_experiment(name, artifact_location=location))
        except MlflowException:  # another process may have been quicker
            experiment = client.get_experiment_by_name(name)
            if experiment is None:
                raise
    if experiment.lifecycle_stage == "deleted":
        found = f"the experiment {name!r} deleted"
        raise InputError(
            _place(uri), found, f"an active one: `mlflow experiments restore -x {experiment.experiment_id}`"
        )
    return str(experiment.experiment_id)


def _place(uri: str) -> str:
    return f"MLflow store {re.sub('//[^@/]*@', '//***@', uri)}"


def _unusable(uri: str, error: BaseException) -> InputError:
    while error.__cause__:  # MLflow and SQLAlchemy wrap what a driver says
        error = error.__cause__
    reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return InputError(_place(uri), reason, f"a store that can be reached and written ({_VARIABLE} names another)")
