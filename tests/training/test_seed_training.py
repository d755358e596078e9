from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from glre.training.scoring import score
from safetensors.torch import load_file
from word_documents import NUMBERS, RELATIONS, RULES, WORDS, documents, small_model, split, training

from glre.errors import InputError
from glre.grid.experiment import Experiment
from glre.settings import Dataset, WordVectors
from glre.systems.trained import load_model
from glre.training import run as module
from glre.training.batches import Split, StepLimits
from glre.training.data import EncoderSummary
from glre.training.processes import Processes
from glre.training.run import Point, SeedTraining

DATASET = Dataset(
    description="Made for a test",
    format="pubtator",
    files={},
    splits={"train": (), "dev": ()},
    relations=RELATIONS,
    candidates=RULES,
)
INPUTS = '{"data": "0a1b"}'


def point(**changes: Any) -> Point:
    made = Point(
        dataset_name="made",
        experiment_name="glre",
        dataset=DATASET,
        experiment=Experiment(encoder="vectors", model=small_model(), training=training(epochs=4)),
        encoder=WordVectors(kind="word_vectors", width=8),
        summary=EncoderSummary("made vectors", 8, WORDS),
        train=split(documents(12)),
        dev=split(documents(8, seed=1)),
    )
    return replace(made, **changes)


def start(folder: Path, seed: int = 1, inputs: str = INPUTS, of: Point | None = None) -> SeedTraining:
    return SeedTraining(of or point(), seed, inputs, folder, Processes())


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
        "of": point(experiment=Experiment(encoder="vectors", model=small_model(), training=training(epochs=3)))
    },
    "encoder": {"of": point(encoder=WordVectors(kind="word_vectors", width=8, minimum_count=3))},
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
    loaded = load_model(undisturbed)
    best = seed.trainee.history[last.best_epoch - 1]
    assert (loaded.settings.epoch, loaded.settings.threshold, loaded.settings.dev_f1) == (
        best.epoch,
        best.threshold,
        best.dev_f1,
    )
    assert (loaded.settings.seed, loaded.settings.vocabulary, loaded.settings.encoder_identity) == (
        1,
        WORDS,
        "made vectors",
    )


def test_the_saved_threshold_gives_the_saved_f1_on_dev(undisturbed: Path) -> None:
    model = load_model(undisturbed)
    dev = point().dev
    correct = predicted = facts = 0
    for scored, labels in zip(
        score(model.glre, dev, range(len(dev.documents)), StepLimits(3, 10**6, 10**6)), dev.labels, strict=True
    ):
        chosen = (scored.scores >= model.settings.threshold) & labels.counted[:, None]
        correct += int((chosen & labels.gold).sum())
        predicted += int(chosen.sum())
        facts += labels.facts
    assert model.settings.dev_f1 == pytest.approx(2 * correct / (predicted + facts))


def test_a_loss_that_is_not_finite_leaves_the_last_checkpoint_and_no_model(tmp_path: Path) -> None:
    stopped_after(2, tmp_path / "checkpoints")
    good = point()
    seed = start(tmp_path / "checkpoints", of=replace(good, train=_damaged(good.train)))
    with pytest.raises(InputError, match="training, epoch 3: found a loss of nan"):
        list(seed.epochs())
    assert names(tmp_path / "checkpoints") == ["epoch-0002"]
    assert names(tmp_path) == ["checkpoints"]


def test_given_vectors_are_where_the_words_start(tmp_path: Path) -> None:
    vectors = torch.randn(len(WORDS), 8).numpy()
    seed = start(tmp_path, of=point(summary=EncoderSummary("a file's", 8, WORDS, vectors)))
    table = seed.trainee.model.state_dict()["encoding.source.vectors.weight"]
    assert torch.equal(table[list(NUMBERS.values())], torch.from_numpy(vectors))


def _damaged(train: Split) -> Split:
    """The split with a gold label that is no number."""

    class Damaged(Split):
        def batch(self, numbers: Any) -> Any:
            batch = super().batch(numbers)
            return replace(batch, gold=batch.gold * float("nan"))

    return Damaged(train.documents, train.pairs, train.graphs, train.inputs, train.labels)
