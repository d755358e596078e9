"""GLRE trained on a dataset's features, once for each seed."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import torch

from glre import paths
from glre.files import written_whole
from glre.inference.served import served_model
from glre.progress import progress
from glre.settings import Experiment, WordVectors, read_settings
from glre.tracking import Run, StageIdentity, log_model, read_run_id, stage_run, write_run_id
from glre.training.data import frozen_encoder, prepared, read_splits, word_vectors
from glre.training.loop import EpochRecord
from glre.training.run import Point, SeedTraining


def run(dataset: str, experiment: str) -> None:
    """Write models/<dataset>/<experiment>/seed-<n> and the history to results/<dataset>/<experiment>/history.csv.

    A killed run goes on from its last checkpoint, under the MLflow run that it had.
    """
    chosen = read_settings().experiment(dataset, experiment)
    torch.set_num_threads(chosen.training.threads)
    unfinished = paths.checkpoints(dataset, experiment)
    inputs = [paths.documents(dataset, "train"), paths.documents(dataset, "dev")]
    if not isinstance(read_settings().encoder(chosen.encoder), WordVectors):
        inputs.append(paths.features(dataset, chosen.encoder))
    point = _point(dataset, experiment, chosen)
    identity = StageIdentity("train", dataset, experiment, chosen.encoder)
    history: dict[int, list[EpochRecord]] = {}
    with stage_run(identity, chosen, inputs, resume=read_run_id(unfinished / "run.json")) as tracked:
        write_run_id(tracked.run_id, unfinished / "run.json")
        for path, split in zip(inputs, ("train", "dev"), strict=False):
            tracked.log_dataset(path, dataset, split)
        origin = json.dumps(tracked.origin.inputs, sort_keys=True)
        for seed in chosen.training.seeds:
            with tracked.child(seed) as child:
                training = SeedTraining(point, seed, origin, unfinished / f"seed-{seed}")
                _train(training, chosen, seed, child)
                history[seed] = training.trainee.history
                training.save(unfinished / "models" / f"seed-{seed}")
                log_model(child, served_model(unfinished / "models" / f"seed-{seed}", point.dev.documents[0]))
        _write_history(history, paths.results(dataset, experiment) / "history.csv")
        write_run_id(tracked.run_id, paths.results(dataset, experiment) / "train_run.json")
        tracked.log_metrics(_best(history))
        with written_whole(paths.models(dataset, experiment)) as temporary:
            shutil.move(unfinished / "models", temporary)
    shutil.rmtree(unfinished)


def _point(dataset: str, experiment: str, chosen: Experiment) -> Point:
    settings = read_settings()
    of_dataset, encoder = settings.dataset(dataset), settings.encoder(chosen.encoder)
    splits = read_splits(dataset, of_dataset)
    if isinstance(encoder, WordVectors):
        summary = word_vectors(encoder, splits)
    else:
        summary = frozen_encoder(dataset, chosen.encoder)
    return Point(
        dataset_name=dataset,
        experiment_name=experiment,
        dataset=of_dataset,
        experiment=chosen,
        encoder=encoder,
        summary=summary,
        train=prepared(dataset, "train", splits["train"], of_dataset, chosen.encoder, summary),
        dev=prepared(dataset, "dev", splits["dev"], of_dataset, chosen.encoder, summary),
    )


def _train(training: SeedTraining, chosen: Experiment, seed: int, tracked: Run) -> None:
    with progress(f"training, seed {seed}", chosen.training.epochs, "epochs", training.trainee.epoch) as bar:
        for record in training.epochs():
            figures = {name: value for name, value in asdict(record).items() if name != "epoch"}
            tracked.log_metrics({f"epoch.{name}": value for name, value in figures.items()}, record.epoch)
            bar.advance(
                note=f"loss {record.loss:.3f}, dev F1 {100 * record.dev_f1:.1f}, "
                f"best {100 * record.best_dev_f1:.1f} in epoch {record.best_epoch}"
            )


def _write_history(history: Mapping[int, list[EpochRecord]], path: Path) -> None:
    # Seconds differ from run to run: they are in MLflow, and left out of what DVC compares.
    rows = [{"seed": seed, **asdict(record)} for seed, records in history.items() for record in records]
    table = pd.DataFrame(rows).drop(columns="seconds")
    with written_whole(path) as temporary:
        table.to_csv(temporary, index=False, float_format="%.6f", lineterminator="\n")


def _best(history: Mapping[int, list[EpochRecord]]) -> dict[str, float]:
    last = pd.DataFrame([asdict(records[-1]) for records in history.values()])
    return {
        "best_dev_f1": float(last["best_dev_f1"].mean()),
        "best_epoch": float(last["best_epoch"].mean()),
        "epochs": float(last["epoch"].mean()),
    }
