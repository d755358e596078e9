"""A run for each executed stage, as the stage sees it."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from glre.errors import InputError
from glre.tracking.dataset import dataset_input
from glre.tracking.flattening import flatten_metrics
from glre.tracking.identity import StageIdentity
from glre.tracking.lifecycle import end_abandoned, under_way
from glre.tracking.lineage import hash_inputs, relative_name
from glre.tracking.origin import Origin, read_origin
from glre.tracking.store import Store, open_store

if TYPE_CHECKING:
    import pandas as pd

_PARENT = "mlflow.parentRunId"


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is under way. Every method raises InputError where the store fails."""

    run_id: str
    identity: StageIdentity
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
    def has_model(self) -> bool:
        """Whether a model was logged as this run's output."""
        with self.store.in_reach():
            outputs = self.store.client.get_run(self.run_id).outputs
        return bool(outputs and outputs.model_outputs)

    @contextmanager
    def child(self, seed: int) -> Iterator["Run"]:
        """The run of one seed under this one: the one that is there already, else a new one."""
        identity = replace(self.identity, seed=seed)
        of_seed = f"tags.`{_PARENT}` = '{self.run_id}' AND tags.seed = '{seed}'"
        with self.store.in_reach():
            found = self.store.client.search_runs([self.store.experiment_id], of_seed, max_results=1)
        resume = str(found[0].info.run_id) if found else None
        with under_way(self.store, identity, self.origin, resume, {_PARENT: self.run_id}) as run_id:
            yield replace(self, run_id=run_id, identity=identity)


@contextmanager
def stage_run(
    identity: StageIdentity,
    parameters: BaseModel | Mapping[str, Any],
    inputs: Iterable[Path],
    resume: str | None = None,
) -> Iterator[Run]:
    """The run of a stage that is executed inside the block, which decides how the run ends.

    `resume` is the id of a run to go on with, an earlier process's or an earlier stage's; where the store does not
    have it, the run is a new one. InputError where an input is missing or the store cannot be used.
    """
    origin = read_origin(parameters, inputs)
    store = open_store(origin.workspace.owner)
    end_abandoned(store)
    with under_way(store, identity, origin, resume, {}) as run_id:
        yield Run(run_id, identity, store, origin)
