"""An encoder trained with the model, on a tiny BERT: from its published weights to a folder that holds all of it."""

from pathlib import Path

import numpy as np
import pytest
import tiny_encoders
import torch
from test_seed_training import names, task
from torch import Tensor
from word_documents import RELATIONS, RULES, documents, small_model, training

from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.word_source import ComputedStates, WordSource
from glre.encoding.words_of_model import words_of_model
from glre.grid.experiment import Experiment
from glre.settings import FineTuning
from glre.systems.glre.glre import GLRE
from glre.systems.scoring import score
from glre.systems.split import Split, StepLimits, make_split
from glre.systems.trained import load_model, load_settings, new_scorer
from glre.training.data import word_source
from glre.training.processes import Processes
from glre.training.run import SeedTraining, TrainingTask

EPOCHS = 3
LIMITS = StepLimits(3, 10**6, 10**6)


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoders.bert(tmp_path_factory.mktemp("encoders") / "bert")


def tuned(bert: Path, tuning: FineTuning | None = None, **changes: object) -> TrainingTask:
    """A point whose encoder is trained with the model."""
    chosen = Experiment(
        encoder="bert",
        fine_tuning=tuning or FineTuning(learning_rate=1e-3, layer_decay=0.5),
        model=small_model(lstm=0),
        training=training(epochs=EPOCHS, **changes),
    )
    source = word_source(tiny_encoders.settings(bert, layers=(-1,)), chosen.fine_tuning, {}, Path("nowhere"))
    return task(experiment=chosen, source=source, train=subword_split(source, 12, 0), dev=subword_split(source, 8, 1))


def subword_split(source: WordSource, count: int, seed: int) -> Split:
    made = documents(count, seed)
    return make_split(GLRE, made, source.inputs(made), RULES, RELATIONS)


def started(of: TrainingTask, folder: Path) -> SeedTraining:
    return SeedTraining(of, 1, "inputs", folder, Processes())


def encoder_weights(training_of: SeedTraining) -> dict[str, Tensor]:
    return {
        name: value.clone()
        for name, value in training_of.trainee.model.state_dict().items()
        if name.startswith("source.")
    }


def test_the_encoder_learns_and_starts_from_its_published_weights_with_every_seed(bert: Path, tmp_path: Path) -> None:
    made = tuned(bert)
    one = started(made, tmp_path / "one")
    before = encoder_weights(one)
    records = list(one.epochs())
    assert records[-1].loss < records[0].loss
    changed = {name for name, value in encoder_weights(one).items() if not torch.equal(value, before[name])}
    assert any("embeddings" in name for name in changed)
    assert any("layer.1" in name for name in changed)
    other = SeedTraining(made, 2, "inputs", tmp_path / "two", Processes())
    assert all(torch.equal(value, before[name]) for name, value in encoder_weights(other).items())


def test_a_saved_model_needs_nothing_but_its_folder(bert: Path, tmp_path: Path) -> None:
    made = tuned(bert)
    training_of = started(made, tmp_path / "checkpoints")
    list(training_of.epochs())
    folder = tmp_path / "model"
    training_of.save(folder)
    assert names(folder) == ["dev_curve.json", "encoder", "model.safetensors", "settings.json"]
    assert all(file.suffix == ".json" for file in (folder / "encoder").iterdir())
    settings = folder / "settings.json"
    settings.write_text(settings.read_text().replace(str(bert), "/nowhere"))
    own = load_settings(folder)
    assert own.words.fine_tuned
    loaded = load_model(folder, own, words_of_model(own.words, folder))
    dev = subword_split(loaded.source, 8, 1)
    best = training_of.trainee.kept
    best.load_state_dict(training_of.trainee.best)
    expected = score(best, made.dev, range(8), LIMITS)
    for found, other in zip(score(loaded.scorer, dev, range(8), LIMITS), expected, strict=True):
        np.testing.assert_allclose(found.scores, other.scores, atol=1e-6)
    assert np.concatenate([found.scores for found in expected]).std() > 1e-3


def test_untrained_it_scores_as_with_frozen_states(bert: Path) -> None:
    """The two ways into the model are one as long as no weight has changed."""
    made = tuned(bert)
    made_documents = documents(8, 1)
    frozen = FrozenEncoder(tiny_encoders.settings(bert, layers=(-1,)))
    words = made.source.description.model_copy(update={"fine_tuned": False})
    source = ComputedStates(words, frozen)
    frozen_split = make_split(GLRE, made_documents, source.inputs(made_documents), RULES, RELATIONS)
    model = started(made, Path("unused")).trainee.model
    other = new_scorer(made.experiment.model, source, len(RELATIONS))
    shared = {name: value for name, value in model.state_dict().items() if not name.startswith("source.")}
    other.load_state_dict(shared)
    for found, expected in zip(
        score(model, made.dev, range(8), LIMITS), score(other, frozen_split, range(8), LIMITS), strict=True
    ):
        np.testing.assert_allclose(found.scores, expected.scores, atol=2e-3)


@pytest.mark.parametrize("tuning", [None, FineTuning(learning_rate=1e-3, checkpointing=True)])
def test_a_killed_run_goes_on_as_if_it_had_not_been(bert: Path, tmp_path: Path, tuning: FineTuning | None) -> None:
    undisturbed = started(tuned(bert, tuning), tmp_path / "undisturbed")
    list(undisturbed.epochs())
    next(started(tuned(bert, tuning), tmp_path / "killed").epochs())
    resumed = started(tuned(bert, tuning), tmp_path / "killed")
    assert resumed.trainee.epoch == 1
    list(resumed.epochs())
    for name, value in resumed.trainee.best.items():
        assert torch.equal(value, undisturbed.trainee.best[name]), name
