"""From a run to the commands that give it again."""

import shlex
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from glre.errors import InputError
from glre.grid.params import read_settings
from glre.tracking.finding import look_up_run
from glre.tracking.lifecycle import PARENT
from glre.tracking.provenance.description import stages_of
from glre.tracking.provenance.flattening import flatten_parameters
from glre.tracking.provenance.workspace import UNKNOWN, Workspace, find_workspace, has_commit, read_at
from glre.tracking.store import Store, existing_store

if TYPE_CHECKING:
    from mlflow.entities import Run as StoredRun


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What gives a run again: commands in their order, and what to compare with afterwards.

    `warnings` say why the commands may give something else. `inputs` are the md5 of what the run read, by path, as
    dvc.lock has them; `metrics` its figures on dev and test.
    """

    run_id: str
    name: str
    warnings: tuple[str, ...]
    commands: tuple[str, ...]
    inputs: Mapping[str, str]
    metrics: Mapping[str, float]


def read_reproduction(reference: str) -> Reproduction:
    """The commands for the run called `reference`, as the store of the current folder's repository has it.

    The run of a seed comes to its stage, that of a flow to the stages under it. InputError where there is no such run,
    or none from which a stage could be told.
    """
    workspace = find_workspace(Path.cwd())
    store = existing_store(workspace.owner)
    run = look_up_run(store, reference)
    tags = run.data.tags
    origins = [_origin(run)] if tags.get("stage") != "flow" else [_origin(child) for child in _children(store, run)]
    stages = list(dict.fromkeys(origin.dvc_stage for origin in origins if origin.dvc_stage))
    if not stages:
        raise InputError(f"run {reference}", "no DVC stage in its tags", "the run of a stage, or of a flow with stages")
    # Stages of a flow run one after the other in one work tree: the last one's commit is that of all.
    last = origins[-1]
    settings, unread = _settings(run, last, workspace)
    warnings = [*_warnings(origins, workspace, tags.get("mlflow.source.git.repoURL")), *unread]
    options = " ".join(f"-S {shlex.quote(setting)}" for setting in settings)
    targets = " ".join(map(shlex.quote, stages))
    return Reproduction(
        run_id=str(run.info.run_id),
        name=str(run.info.run_name),
        warnings=tuple(warnings),
        commands=(
            *([f"git checkout {last.commit}"] if last.commit != UNKNOWN else []),
            f"dvc exp run {options} {targets}" if settings else f"dvc repro {targets}",
        ),
        inputs={key.removeprefix("input."): md5 for key, md5 in sorted(tags.items()) if key.startswith("input.")},
        metrics={name: run.data.metrics[name] for name in ("dev.f1", "test.f1") if name in run.data.metrics},
    )


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where the last stage of a run comes from."""

    dvc_stage: str
    commit: str
    earlier: frozenset[str]
    """The commits of the stages before it."""
    dirty: bool
    dvc_experiment: str | None


def _origin(run: "StoredRun") -> _Origin:
    tags = run.data.tags
    prefixes = list(stages_of(tags).values()) or [""]
    commits = [tags.get(f"{prefix}git_commit", UNKNOWN) for prefix in prefixes]
    experiments = [tags[f"{prefix}dvc_experiment"] for prefix in prefixes if f"{prefix}dvc_experiment" in tags]
    return _Origin(
        dvc_stage=tags.get(f"{prefixes[-1]}dvc_stage", ""),
        commit=commits[-1],
        earlier=frozenset(commits) - {commits[-1]},
        dirty=any(tags.get(f"{prefix}git_dirty") == "true" for prefix in prefixes),
        dvc_experiment=experiments[-1] if experiments else None,
    )


def _children(store: Store, run: "StoredRun") -> list["StoredRun"]:
    under = f"tags.`{PARENT}` = '{run.info.run_id}'"
    with store.in_reach():
        return list(store.client.search_runs([store.experiment_id], under, order_by=["attributes.start_time ASC"]))


def _warnings(origins: list[_Origin], workspace: Workspace, remote: str | None) -> list[str]:
    last, warnings = origins[-1], []
    if last.commit == UNKNOWN:
        warnings.append("the run was made outside of a git repository: no commit is known")
    elif not has_commit(workspace.root, last.commit):
        where = f", which was {remote}" if remote else ""
        warnings.append(f"this repository has no commit {last.commit}: fetch it, or go to the run's own{where}")
    if any(origin.dirty for origin in origins):
        warnings.append("tracked files had uncommitted changes: of those only the settings below are known")
    if others := {*(commit for origin in origins for commit in (*origin.earlier, origin.commit))} - {last.commit}:
        warnings.append(f"other stages ran at {', '.join(sorted(others))}; DVC found them up to date or ran them there")
    if last.dvc_experiment:
        warnings.append(
            f"as long as DVC has the experiment, `dvc exp apply {last.dvc_experiment}` gives its files as they were"
        )
    return warnings


def _settings(run: "StoredRun", origin: _Origin, workspace: Workspace) -> tuple[list[str], list[str]]:
    """Settings of the run that params.yaml did not have at its commit, as DVC's `-S` takes them; why there are none."""
    dataset, experiment = run.data.tags.get("dataset"), run.data.tags.get("experiment")
    text = read_at(workspace.root, origin.commit, "params.yaml") if dataset and experiment else None
    if text is None or dataset is None or experiment is None:
        return [], []
    try:
        with tempfile.TemporaryDirectory() as temporary:
            file = Path(temporary) / "params.yaml"
            file.write_text(text, encoding="utf-8")
            committed = read_settings(file)
            there = flatten_parameters(committed.experiment(dataset, experiment))
    except InputError as error:
        return [], [f"params.yaml of that commit is not read by this version, so settings are not compared: {error}"]
    own = flatten_parameters(committed.experiments[experiment].settings)
    logged = run.data.params
    changed = []
    for key in (key for key in sorted(logged) if logged[key] != there.get(key)):
        if key == "training.seeds" and committed.seeds is not None:
            changed.append(f"++seeds={logged[key]}")
            continue
        # The dataset's settings, for an experiment's hold for others too; but those override the dataset's.
        overridden = any(f"{leaf}.".startswith(f"{key}.") or f"{key}.".startswith(f"{leaf}.") for leaf in own)
        section = f"experiments.{experiment}.settings" if overridden else f"datasets.{dataset}.settings"
        changed.append(f"++{section}.{key}={logged[key]}")  # `++` sets a key whether or not it is there
    return changed, []
