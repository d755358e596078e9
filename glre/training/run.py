"""One seed's training from its start, or its last checkpoint, to a trained model's settings and weights."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from glre.encoding.transformer.pretrained import load_pretrained
from glre.encoding.transformer.word_states import WordStates
from glre.grid.experiment import Experiment
from glre.settings import Dataset, Encoder, PretrainedEncoder
from glre.systems.glre.glre import GLRE
from glre.systems.glre.settings import GLRESettings
from glre.systems.trained import ModelSettings, build_model, save_model
from glre.training.batches import Split
from glre.training.checkpoint import code_hash, fingerprint, restore_checkpoint, save_checkpoint
from glre.training.data import EncoderSummary
from glre.training.loop import EpochRecord, new_trainee, train
from glre.training.processes import Processes


@dataclass(frozen=True)
class Point:
    """A point of the grid with all that its training reads."""

    dataset_name: str
    experiment_name: str
    dataset: Dataset
    experiment: Experiment
    encoder: Encoder
    summary: EncoderSummary
    train: Split
    dev: Split


class SeedTraining:
    """Training of one seed, with a checkpoint after each epoch."""

    def __init__(self, point: Point, seed: int, inputs: str, checkpoints: Path, processes: Processes) -> None:
        """`inputs` tells the input files' content: a checkpoint of others, or of other settings or code, is ignored."""
        self._point = point
        self._seed = seed
        self._folder = checkpoints
        self._processes = processes
        self._origin = fingerprint(
            point.experiment.model_dump_json(), point.encoder.model_dump_json(), seed, inputs, code_hash()
        )
        torch.manual_seed(seed)
        # The same weights in every process, and from there on each its own dropout.
        model = _new_model(point).to(processes.device)
        if not processes.is_first:
            torch.manual_seed(seed + 1_000_003 * processes.rank)
        self.trainee = new_trainee(model, point.experiment.training, point.experiment.fine_tuning, seed)
        restore_checkpoint(self.trainee, self._origin, checkpoints, processes)

    def epochs(self) -> Iterator[EpochRecord]:
        """Train to the end; yields after each epoch, its checkpoint written."""
        point = self._point
        training, relations = point.experiment.training, point.dataset.relations
        for record in train(self.trainee, point.train, point.dev, relations, training, self._processes):
            save_checkpoint(self.trainee, self._origin, self._folder, self._processes)
            yield record

    def save(self, folder: Path) -> ModelSettings:
        """Write the model of the best epoch with its threshold, both chosen on dev."""
        point, threshold = self._point, self.trainee.best_threshold
        settings = ModelSettings(
            dataset=point.dataset_name,
            experiment=point.experiment_name,
            seed=self._seed,
            relations=point.dataset.relations,
            candidates=point.dataset.candidates,
            encoder=point.encoder,
            encoder_identity=point.summary.identity,
            width=point.summary.width,
            vocabulary=point.summary.vocabulary,
            fine_tuned=point.summary.pretrained is not None,
            model=point.experiment.model,
            threshold=threshold.value,
            dev_f1=threshold.f1,
            epoch=self.trainee.history[-1].best_epoch,
        )
        save_model(self.trainee.best, settings, folder, point.summary.pretrained)
        return settings


def _new_model(point: Point) -> GLRE:
    summary = point.summary
    states = None
    if (tuning := point.experiment.fine_tuning) and isinstance(point.encoder, PretrainedEncoder):
        # Loaded anew: training changes the weights in place, and each seed starts from the published ones.
        states = WordStates(load_pretrained(point.encoder), tuning.checkpointing)
    assert isinstance(point.experiment.model, GLRESettings)
    return build_model(
        point.experiment.model,
        point.encoder,
        summary.width,
        len(summary.vocabulary),
        len(point.dataset.relations),
        None if summary.vectors is None else torch.from_numpy(summary.vectors),
        states,
    )
