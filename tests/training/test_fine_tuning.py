"""An encoder trained with the model, on a tiny BERT: from its published weights to a folder that holds all of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny_encoders
import torch
from glre.training.scoring import score
from test_seed_training import DATASET, names, point
from torch import Tensor
from word_documents import RELATIONS, RULES, documents, small_model, training

from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.word_inputs import state_inputs
from glre.grid.experiment import Experiment
from glre.settings import FineTuning
from glre.systems.trained import build_model, load_model
from glre.training.batches import StepLimits, make_split
from glre.training.data import EncoderSummary, fine_tuned_encoder
from glre.training.processes import Processes
from glre.training.run import Point, SeedTraining

EPOCHS = 3
LIMITS = StepLimits(3, 10**6, 10**6)


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoders.bert(tmp_path_factory.mktemp("encoders") / "bert")


def tuned(bert: Path, tuning: FineTuning | None = None, **changes: object) -> Point:
    """A point whose encoder is trained with the model."""
    settings = tiny_encoders.settings(bert, layers=(-1,))
    summary = fine_tuned_encoder(settings)
    chosen = Experiment(
        encoder="bert",
        fine_tuning=tuning or FineTuning(learning_rate=1e-3, layer_decay=0.5),
        model=small_model(lstm=0),
        training=training(epochs=EPOCHS, **changes),
    )
    return point(
        dataset=DATASET,
        experiment=chosen,
        encoder=settings,
        summary=summary,
        train=subword_split(summary, 12, 0),
        dev=subword_split(summary, 8, 1),
    )


def subword_split(summary: EncoderSummary, count: int, seed: int):
    from glre.encoding.word_inputs import subword_inputs

    made = documents(count, seed)
    assert summary.pretrained is not None
    return make_split(made, subword_inputs(summary.pretrained, made), RULES, RELATIONS)


def started(of: Point, folder: Path) -> SeedTraining:
    return SeedTraining(of, 1, "inputs", folder, Processes())


def encoder_weights(training_of: SeedTraining) -> dict[str, Tensor]:
    return {
        name: value.clone()
        for name, value in training_of.trainee.model.state_dict().items()
        if name.startswith("encoding.source.")
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
    assert names(folder) == ["encoder", "model.safetensors", "settings.json"]
    assert all(file.suffix == ".json" for file in (folder / "encoder").iterdir())
    settings = folder / "settings.json"
    settings.write_text(settings.read_text().replace(str(bert), "/nowhere"))
    loaded = load_model(folder)
    assert loaded.settings.fine_tuned
    assert loaded.pretrained is not None
    again = replace(made, summary=EncoderSummary("", loaded.settings.width, pretrained=loaded.pretrained))
    dev = subword_split(again.summary, 8, 1)
    best = training_of.trainee.averaged.module
    best.load_state_dict(training_of.trainee.best)
    expected = score(best, made.dev, range(8), LIMITS)
    for found, other in zip(score(loaded.glre, dev, range(8), LIMITS), expected, strict=True):
        np.testing.assert_allclose(found.scores, other.scores, atol=1e-6)
    assert np.concatenate([found.scores for found in expected]).std() > 1e-3


def test_untrained_it_scores_as_with_frozen_states(bert: Path) -> None:
    """The two ways into the model are one as long as no weight has changed."""
    made = tuned(bert)
    made_documents = documents(8, 1)
    frozen = FrozenEncoder(tiny_encoders.settings(bert, layers=(-1,)))
    states = np.concatenate(frozen.encode([frozen.subwords(document) for document in made_documents]))
    frozen_split = make_split(made_documents, state_inputs(states, made_documents), RULES, RELATIONS)
    model = started(made, Path("unused")).trainee.model
    other = build_model(made.experiment.model, made.encoder, frozen.width, 0, len(RELATIONS))
    shared = {name: value for name, value in model.state_dict().items() if not name.startswith("encoding.source.")}
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
