from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from word_documents import NUMBERS, RELATIONS, RULES, WORDS, documents, small_model, split, training, vectors

from glre.encoding.word_source import VectorTable
from glre.encoding.words_of_model import words_of_model
from glre.errors import InputError
from glre.grid.experiment import Experiment
from glre.settings import Dataset, SourceFile, SplitPart, WordVectors
from glre.systems.dev_curve import read_curve
from glre.systems.scoring import score
from glre.systems.split import Split, StepLimits
from glre.systems.trained import TrainedModel, load_model, load_settings
from glre.training import run as module
from glre.training.processes import Processes
from glre.training.run import SeedTraining, TrainingTask

DATASET = Dataset(
    description="Made for a test",
    format="pubtator",
    files={"made.txt": SourceFile(sha256="0" * 64, path=Path("made.txt"))},
    splits={"train": (SplitPart(file="made.txt"),), "dev": (SplitPart(file="made.txt"),)},
    relations=RELATIONS,
    relation_names={RELATIONS[0]: "is related to"},
    candidates=RULES,
)
INPUTS = '{"data": "0a1b"}'


def task(**changes: Any) -> TrainingTask:
    made = TrainingTask(
        dataset_name="made",
        experiment_name="glre",
        dataset=DATASET,
        experiment=Experiment(encoder="vectors", model=small_model(), training=training(epochs=4)),
        source=vectors(),
        train=split(documents(12)),
        dev=split(documents(8, seed=1)),
    )
    return replace(made, **changes)


def vectors_of(encoder: WordVectors) -> VectorTable:
    return VectorTable(vectors().description.model_copy(update={"encoder": encoder}))


def loaded(folder: Path) -> TrainedModel:
    settings = load_settings(folder)
    return load_model(folder, settings, words_of_model(settings.words, folder))


def start(folder: Path, seed: int = 1, inputs: str = INPUTS, of: TrainingTask | None = None) -> SeedTraining:
    return SeedTraining(of or task(), seed, inputs, folder, Processes())


def stopped_after(epochs: int, folder: Path) -> None:
    """Train and leave the generator where it is."""
    iterator = start(folder).epochs()
    for _ in range(epochs):
        next(iterator)
    del iterator
    torch.rand(5)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained without a break."""
    root = tmp_path_factory.mktemp("undisturbed")
    whole = start(root / "checkpoints")
    assert len(list(whole.epochs())) == 4
    whole.save(root / "model")
    return root / "model"


@pytest.mark.parametrize("epochs", [1, 2, 3, 4])
def test_the_model_of_a_resumed_run_is_the_same_to_the_bit(tmp_path: Path, undisturbed: Path, epochs: int) -> None:
    stopped_after(epochs, tmp_path / "checkpoints")
    resumed = start(tmp_path / "checkpoints")
    assert resumed.trainee.epoch == epochs
    assert [record.epoch for record in resumed.epochs()] == list(range(epochs + 1, 5))
    resumed.save(tmp_path / "model")
    assert files(tmp_path / "model") == files(undisturbed)
    assert names(tmp_path / "checkpoints") == ["epoch-0004"]


def test_seeds_give_different_models_which_do_not_depend_on_what_ran_before(tmp_path: Path, undisturbed: Path) -> None:
    for seed in (2, 1):
        own = start(tmp_path / f"checkpoints-{seed}", seed)
        list(own.epochs())
        own.save(tmp_path / f"seed-{seed}")
    assert files(tmp_path / "seed-1") == files(undisturbed)
    assert files(tmp_path / "seed-2")["model.safetensors"] != files(undisturbed)["model.safetensors"]


OTHERS = {
    "settings": {
        "of": task(experiment=Experiment(encoder="vectors", model=small_model(), training=training(epochs=3)))
    },
    "encoder": {"of": task(source=vectors_of(WordVectors(kind="word_vectors", width=8, minimum_count=3)))},
    "inputs": {"inputs": '{"data": "2c3d"}'},
    "seed": {"seed": 2},
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_checkpoint_of_another_start_is_ignored_and_removed(tmp_path: Path, other: str) -> None:
    stopped_after(2, tmp_path)
    assert start(tmp_path, **OTHERS[other]).trainee.epoch == 0
    assert names(tmp_path) == []


def test_a_checkpoint_of_other_code_is_ignored_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped_after(2, tmp_path)
    monkeypatch.setattr(module, "code_hash", lambda _: "that of another version")
    assert start(tmp_path).trainee.epoch == 0
    assert names(tmp_path) == []


def test_the_saved_model_is_that_of_the_best_epoch(tmp_path: Path, undisturbed: Path) -> None:
    seed = start(tmp_path)
    weights = []
    for _ in seed.epochs():
        weights.append({name: value.clone() for name, value in seed.trainee.model.state_dict().items()})
    last = seed.trainee.history[-1]
    saved = load_file(undisturbed / "model.safetensors")
    assert all(torch.equal(saved[name], value) for name, value in weights[last.best_epoch - 1].items())
    settings = load_settings(undisturbed)
    best = seed.trainee.history[last.best_epoch - 1]
    assert (settings.epoch, settings.threshold, settings.dev_f1) == (best.epoch, best.threshold, best.dev_f1)
    assert (settings.seed, settings.words) == (1, vectors().description)
    assert settings.relation_names == DATASET.relation_names


def test_the_saved_threshold_gives_the_saved_f1_on_dev(undisturbed: Path) -> None:
    model = loaded(undisturbed)
    dev = task().dev
    correct = predicted = facts = 0
    for scored, labels in zip(
        score(model.scorer, dev, range(len(dev.documents)), StepLimits(3, 10**6, 10**6)), dev.labels, strict=True
    ):
        chosen = (scored.scores >= model.settings.threshold) & labels.counted[:, None]
        correct += int((chosen & labels.gold).sum())
        predicted += int(chosen.sum())
        facts += labels.facts
    assert model.settings.dev_f1 == pytest.approx(2 * correct / (predicted + facts))
    at_threshold = read_curve(undisturbed / "dev_curve.json").curve.at(model.settings.threshold)
    assert (at_threshold.f1, at_threshold.precision) == pytest.approx((model.settings.dev_f1, correct / predicted))


def test_a_loss_that_is_not_finite_leaves_the_last_checkpoint_and_no_model(tmp_path: Path) -> None:
    stopped_after(2, tmp_path / "checkpoints")
    good = task()
    seed = start(tmp_path / "checkpoints", of=replace(good, train=_damaged(good.train)))
    with pytest.raises(InputError, match="training, epoch 3: found a loss of nan"):
        list(seed.epochs())
    assert names(tmp_path / "checkpoints") == ["epoch-0002"]
    assert names(tmp_path) == ["checkpoints"]


def test_given_vectors_are_where_the_words_start(tmp_path: Path) -> None:
    given = torch.randn(len(WORDS), 8).numpy()
    seed = start(tmp_path, of=task(source=vectors(WORDS, given)))
    table = seed.trainee.model.state_dict()["source.vectors.weight"]
    assert torch.equal(table[list(NUMBERS.values())], torch.from_numpy(given))


def _damaged(train: Split) -> Split:
    """The split with a gold label that is no number."""

    class Damaged(Split):
        def batch(self, numbers: Any) -> Any:
            batch = super().batch(numbers)
            return replace(batch, gold=batch.gold * float("nan"))

    return Damaged(**{field.name: getattr(train, field.name) for field in fields(train)})
