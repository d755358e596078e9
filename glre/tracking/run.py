"""A run for each executed stage, as the stage sees it, and for each flow that starts stages."""

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from glre.errors import InputError
from glre.tracking.lifecycle import PARENT, end_abandoned, find_run, under_way
from glre.tracking.provenance.dataset import dataset_input
from glre.tracking.provenance.flattening import flatten_metrics
from glre.tracking.provenance.identity import FlowIdentity, StageIdentity
from glre.tracking.provenance.lineage import hash_inputs, relative_name
from glre.tracking.provenance.origin import Origin, read_origin
from glre.tracking.store import Store, open_store
from glre.tracking.tables import table_tags

if TYPE_CHECKING:
    import pandas as pd

PARENT_VARIABLE = "GLRE_PARENT_RUN"
"""The environment variable by which a flow tells its stages the id of its run, under which theirs then hang."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is under way. Every method raises InputError where the store fails."""

    run_id: str
    store: Store
    origin: Origin

    def log_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """Log figures by name; `step` is the epoch, where they are of one."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        entries = [Metric(name, float(value), now, step) for name, value in metrics.items()]
        with self.store.in_reach():
            self.store.client.log_batch(self.run_id, metrics=entries)

    def log_nested_metrics(self, metrics: Mapping[str, Any], step: int = 0) -> None:
        """Log figures by split: `{"test": {"f1": 0.6}}` as `test.f1`."""
        self.log_metrics(flatten_metrics(metrics), step)

    def log_artifact(self, path: Path) -> None:
        """Copy a file, or a folder under its name, into the run's artifacts; InputError where there is none."""
        if not path.exists():
            raise InputError(str(path), "nothing", "a file or folder to keep with the run")
        with self.store.in_reach():
            self.store.client.log_artifact(self.run_id, str(path))

    def log_dataset(self, path: Path, name: str, context: str, statistics: "pd.DataFrame | None" = None) -> None:
        """Record that the run used the dataset at `path` as `context` (`train`, `dev`, `test`).

        `statistics`, one row per document, adds columns and number of rows. The digest is the input's md5.
        """
        root, owner = self.origin.workspace.root, self.origin.workspace.owner
        place = relative_name(path, root)
        digest = self.origin.inputs.get(place) or hash_inputs([path], root, {})[place]
        entry = dataset_input(owner / place, digest, name, context, statistics)
        with self.store.in_reach():
            self.store.client.log_inputs(self.run_id, datasets=[entry])

    def last_step(self, name: str) -> int:
        """The last step at which a figure was logged; 0 where it was not."""
        with self.store.in_reach():
            history = self.store.client.get_metric_history(self.run_id, name)
        return max((point.step for point in history), default=0)

    @property
    def model_id(self) -> str | None:
        """The id of the model that was logged last as this run's output; None where none was."""
        with self.store.in_reach():
            outputs = self.store.client.get_run(self.run_id).outputs
        return str(outputs.model_outputs[-1].model_id) if outputs and outputs.model_outputs else None

    @property
    def has_model(self) -> bool:
        """Whether a model was logged as this run's output."""
        return self.model_id is not None


@dataclass(frozen=True, slots=True)
class StageRun(Run):
    """The run of a stage, or of one seed of it."""

    identity: StageIdentity

    @contextmanager
    def child(self, seed: int) -> Iterator["StageRun"]:
        """The run of one seed under this one: the one that is there already, else a new one."""
        identity = replace(self.identity, seed=seed)
        of_seed = f"tags.`{PARENT}` = '{self.run_id}' AND tags.seed = '{seed}'"
        with self.store.in_reach():
            found = self.store.client.search_runs([self.store.experiment_id], of_seed, max_results=1)
        resume = str(found[0].info.run_id) if found else None
        tags = {PARENT: self.run_id, **_tables(identity, self.origin)}
        with under_way(self.store, identity, self.origin, resume, tags) as run_id:
            yield replace(self, run_id=run_id, identity=identity)


@contextmanager
def stage_run(
    identity: StageIdentity,
    parameters: BaseModel | Mapping[str, Any],
    inputs: Iterable[Path],
    resume: str | None = None,
) -> Iterator[StageRun]:
    """The run of a stage that is executed inside the block, which decides how the run ends.

    `resume` is the id of a run to go on with, an earlier process's or an earlier stage's; where the store does not
    have it, the run is a new one. It hangs under the run that PARENT_VARIABLE names, where the store has that, and one
    that hangs under another already stays there. InputError where an input is missing or the store cannot be used.
    """
    origin = read_origin(parameters, inputs)
    store = open_store(origin.workspace.owner)
    end_abandoned(store)
    with under_way(store, identity, origin, resume, {**_parent(store), **_tables(identity, origin)}) as run_id:
        yield StageRun(run_id, store, origin, identity)


@contextmanager
def parent_run(
    name: str, tags: Mapping[str, str], parameters: BaseModel | Mapping[str, Any] | None = None
) -> Iterator[Run]:
    """The run of a flow, under which the runs of its stages hang: of those started with its id in PARENT_VARIABLE.

    `tags` are those to find it by. Ends as a stage's run does: FINISHED, KILLED where the flow was interrupted, FAILED.
    InputError where the store cannot be used.
    """
    origin = read_origin(parameters or {}, [])
    store = open_store(origin.workspace.owner)
    end_abandoned(store)
    with under_way(store, FlowIdentity(name, tags), origin, None, _parent(store)) as run_id:
        yield Run(run_id, store, origin)


def _parent(store: Store) -> dict[str, str]:
    run_id = os.environ.get(PARENT_VARIABLE)
    if not run_id:
        return {}
    with store.in_reach():
        return {PARENT: run_id} if find_run(store, run_id) else {}


def _tables(identity: StageIdentity, origin: Origin) -> dict[str, str]:
    return table_tags(identity.point, origin.workspace.root) if identity.experiment else {}
