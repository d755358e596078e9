"""A system trained on a dataset, once for each seed."""

import resource
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import torch

from glre import paths
from glre.counted import counted
from glre.encoding.word_inputs import WordNumbers
from glre.errors import InputError
from glre.files import remove_whole, written_whole
from glre.grid.experiment import Experiment
from glre.grid.params import Settings, read_settings
from glre.prediction.serving.served import served_model
from glre.progress import progress
from glre.systems.registry import network_type
from glre.systems.split import Split, make_split
from glre.systems.system import Need
from glre.tracking import Run, StageIdentity, log_model, read_inputs, read_run_id, stage_run, write_run_id
from glre.training.checkpoint import code_hash, fingerprint
from glre.training.data import read_splits, word_source
from glre.training.loop import EpochRecord
from glre.training.processes import Processes
from glre.training.run import SeedTraining, TrainingTask


def run(dataset: str, experiment: str) -> None:
    """Write models/<dataset>/<experiment>/seed-<n> and the history to results/<dataset>/<experiment>/history.csv.

    A killed run goes on from its last checkpoint, under the MLflow run that it had. Of several processes, which
    `accelerate launch` starts, all train and the first one writes.
    """
    settings = read_settings()
    chosen = settings.experiment(dataset, experiment)
    torch.set_num_threads(chosen.training.threads)
    inputs = [paths.documents(dataset, split) for split in ("train", "dev")]
    if settings.reads_features(chosen):
        inputs.append(paths.features(dataset, chosen.encoder))
    task = _task(dataset, experiment, chosen, settings)
    of_dataset, encoder = task.dataset, task.source.description.encoder
    code = code_hash(chosen.model.system)
    origin = fingerprint(chosen, encoder, of_dataset.relations, of_dataset.candidates, read_inputs(inputs), code)
    processes = Processes()
    with _tiny_numbers_as_zero():
        if processes.is_first:
            _lead(task, inputs, origin, processes)
        else:
            _follow(task, origin, processes)


def _lead(task: TrainingTask, inputs: Sequence[Path], origin: str, processes: Processes) -> None:
    """Train, write, log, and show how far it is."""
    dataset, experiment, chosen = task.dataset_name, task.experiment_name, task.experiment
    unfinished = _unfinished(paths.checkpoints(dataset, experiment), origin)
    identity = StageIdentity("train", dataset, experiment, chosen.encoder)
    history: dict[int, list[EpochRecord]] = {}
    with stage_run(identity, chosen, inputs, resume=read_run_id(unfinished / "run.json")) as tracked:
        write_run_id(tracked.run_id, unfinished / "run.json")
        for path, split in zip(inputs, ("train", "dev"), strict=False):
            tracked.log_dataset(path, dataset, split)
        _tell_rare_words(task.train, tracked)
        for seed in chosen.training.seeds:
            with tracked.child(seed) as child:
                training = SeedTraining(task, seed, origin, unfinished / f"seed-{seed}", processes)
                _train(training, chosen, seed, child)
                history[seed] = training.trainee.history
                training.save(unfinished / "models" / f"seed-{seed}")
                if not child.has_model:
                    log_model(child, served_model(unfinished / "models" / f"seed-{seed}", task.dev.documents[0]))
        _write_history(history, paths.results(dataset, experiment) / "history.csv")
        write_run_id(tracked.run_id, paths.results(dataset, experiment) / "train_run.json")
        tracked.log_metrics(_best(history) | {"peak_memory_gib": _peak_memory()})
        with written_whole(paths.models(dataset, experiment)) as temporary:
            shutil.move(unfinished / "models", temporary)
    remove_whole(unfinished.parent)


def _tell_rare_words(split: Split, tracked: Run) -> None:
    if isinstance(split.inputs, WordNumbers):
        words, rare = split.inputs.words, split.inputs.rare
        print(f"{counted(words, 'word')} in train, {rare:,} without a vector of their own", flush=True)
        tracked.log_metrics({"train.words": words, "train.rare_words": rare})


def _follow(task: TrainingTask, origin: str, processes: Processes) -> None:
    """Train beside the first process, which does all else."""
    own = _own(paths.checkpoints(task.dataset_name, task.experiment_name), origin)
    for seed in task.experiment.training.seeds:
        for _ in SeedTraining(task, seed, origin, own / f"seed-{seed}", processes).epochs():
            pass


@contextmanager
def _tiny_numbers_as_zero() -> Iterator[None]:
    """Without denormal floats: attention over many pairs has gradients that small, with which a processor is slow."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def _own(checkpoints: Path, origin: str) -> Path:
    return checkpoints / origin[:16]


def _unfinished(checkpoints: Path, origin: str) -> Path:
    """The folder of what was started from `origin`; what was started from something else is removed."""
    own = _own(checkpoints, origin)
    for other in set(checkpoints.glob("*")) - {own}:
        remove_whole(other)
    return own


def _task(dataset: str, experiment: str, chosen: Experiment, settings: Settings) -> TrainingTask:
    of_dataset, encoder = settings.dataset(dataset), settings.encoder(chosen.encoder)
    splits = read_splits(dataset, of_dataset)
    if missing := {"train", "dev"} - splits.keys():
        raise InputError(f"params.yaml, datasets.{dataset}.splits", f"no {min(missing)}", "a train and a dev split")
    network = network_type(chosen.model.system)
    if unmet := network.needs - {Need.WORD_STATES}:
        place = f"params.yaml, experiment {experiment!r}, system {chosen.model.system!r}"
        raise InputError(place, f"a system that reads {', '.join(sorted(unmet))}", "one that reads what stages make")
    source = word_source(encoder, chosen.fine_tuning, splits, paths.features(dataset, chosen.encoder))

    def ready(split: str) -> Split:
        documents = splits[split]
        return make_split(network, documents, source.inputs(documents), of_dataset.candidates, of_dataset.relations)

    train = ready("train")
    if not any(train.pairs):
        place = f"params.yaml, datasets.{dataset}.candidates"
        raise InputError(place, "no candidate pair in train", "types that its entities have")
    return TrainingTask(
        dataset_name=dataset,
        experiment_name=experiment,
        dataset=of_dataset,
        experiment=chosen,
        source=source,
        train=train,
        dev=ready("dev"),
    )


def _train(training: SeedTraining, chosen: Experiment, seed: int, tracked: Run) -> None:
    # A process that was killed may have saved an epoch and not logged it.
    for record in training.trainee.history[tracked.last_step("epoch.loss") :]:
        _log(record, tracked)
    with progress(f"training, seed {seed}", chosen.training.epochs, "epoch", training.trainee.epoch) as bar:
        for record in training.epochs():
            _log(record, tracked)
            bar.advance(
                note=f"loss {record.loss:.3f}, dev F1 {100 * record.dev_f1:.1f}, "
                f"best {100 * record.best_dev_f1:.1f} in epoch {record.best_epoch}"
            )


def _log(record: EpochRecord, tracked: Run) -> None:
    figures = {f"epoch.{name}": value for name, value in asdict(record).items() if name != "epoch"}
    tracked.log_metrics(figures, record.epoch)


def _write_history(history: Mapping[int, list[EpochRecord]], path: Path) -> None:
    # Seconds differ from run to run: they are in MLflow, and left out of what DVC compares.
    rows = [{"seed": seed, **asdict(record)} for seed, records in history.items() for record in records]
    table = pd.DataFrame(rows).drop(columns="seconds")
    with written_whole(path) as temporary:
        table.to_csv(temporary, index=False, float_format="%.6f", lineterminator="\n")


def _peak_memory() -> float:
    """Most memory that this process has held on the GPU, else on the machine, in GiB."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 2**30
    # Bytes on macOS, kilobytes elsewhere.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)


def _best(history: Mapping[int, list[EpochRecord]]) -> dict[str, float]:
    last = pd.DataFrame([asdict(records[-1]) for records in history.values()])
    return {
        "best_dev_f1": float(last["best_dev_f1"].mean()),
        "best_epoch": float(last["best_epoch"].mean()),
        "epochs": float(last["epoch"].mean()),
    }
