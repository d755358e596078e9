"""One seed's training from its start, or its last checkpoint, to a trained model's settings and weights."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from glre.encoding.word_source import WordSource
from glre.grid.experiment import Experiment
from glre.settings import Dataset
from glre.systems.dev_curve import DevCurve, dev_curve
from glre.systems.scoring import score
from glre.systems.split import Split
from glre.systems.trained import ModelSettings, new_scorer, save_model
from glre.training.checkpoint import code_hash, fingerprint, restore_checkpoint, save_checkpoint
from glre.training.loop import EpochRecord, new_trainee, step_limits, train
from glre.training.processes import Processes


@dataclass(frozen=True)
class TrainingTask:
    """A point of the grid with all that its training reads."""

    dataset_name: str
    experiment_name: str
    dataset: Dataset
    experiment: Experiment
    source: WordSource
    train: Split
    dev: Split


class SeedTraining:
    """Training of one seed, with a checkpoint after each epoch."""

    def __init__(self, task: TrainingTask, seed: int, inputs: str, checkpoints: Path, processes: Processes) -> None:
        """`inputs` tells the input files' content: a checkpoint of others, or of other settings or code, is ignored."""
        self._task = task
        self._seed = seed
        self._folder = checkpoints
        self._processes = processes
        experiment, encoder = task.experiment, task.source.description.encoder
        code = code_hash(experiment.model.system)
        self._origin = fingerprint(experiment.model_dump_json(), encoder.model_dump_json(), seed, inputs, code)
        torch.manual_seed(seed)
        # The same weights in every process, and from there on each its own dropout.
        model = new_scorer(experiment.model, task.source, len(task.dataset.relations)).to(processes.device)
        if not processes.is_first:
            torch.manual_seed(seed + 1_000_003 * processes.rank)
        self.trainee = new_trainee(model, experiment.training, experiment.fine_tuning, seed)
        restore_checkpoint(self.trainee, self._origin, checkpoints, processes)

    def epochs(self) -> Iterator[EpochRecord]:
        """Train to the end; yields after each epoch, its checkpoint written."""
        task = self._task
        training, relations = task.experiment.training, task.dataset.relations
        for record in train(self.trainee, task.train, task.dev, relations, training, self._processes):
            save_checkpoint(self.trainee, self._origin, self._folder, self._processes)
            yield record

    def save(self, folder: Path) -> ModelSettings:
        """Write the model of the best epoch with its threshold, both chosen on dev, and what others give there."""
        task, threshold = self._task, self.trainee.best_threshold
        settings = ModelSettings(
            dataset=task.dataset_name,
            experiment=task.experiment_name,
            seed=self._seed,
            relations=task.dataset.relations,
            relation_names=task.dataset.relation_names,
            candidates=task.dataset.candidates,
            words=task.source.description,
            model=task.experiment.model,
            threshold=threshold.value,
            dev_f1=threshold.f1,
            epoch=self.trainee.history[-1].best_epoch,
        )
        save_model(self.trainee.best, settings, self._curve(), task.source, folder)
        return settings

    def _curve(self) -> DevCurve:
        trainee, dev = self.trainee, self._task.dev
        trainee.kept.load_state_dict(trainee.best)
        limits = step_limits(self._task.experiment.training)
        scores = score(trainee.kept, dev, range(len(dev.documents)), limits)
        return dev_curve(dev.documents, scores, self._task.dataset.relations)
