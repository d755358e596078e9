"""An untrained model of several relations on word vectors, as a folder that a predictor loads at once."""

from pathlib import Path
from typing import Any

import torch
from small_models import model_settings

from glre.prediction.options import Options
from glre.prediction.predictor import Predictor
from glre.settings import CandidateRule, WordVectors
from glre.systems.trained import ModelSettings, build_model, save_model

RELATIONS = ("r", "s", "t", "u", "v")


def untrained(folder: Path, threshold: float, **changes: Any) -> Predictor:
    """A predictor of the model that is written to `folder`; `changes` are made to its small settings."""
    settings = ModelSettings(
        dataset="own",
        experiment="untrained",
        seed=3,
        relations=RELATIONS,
        candidates=(CandidateRule(),),
        encoder=WordVectors(kind="word_vectors", width=5),
        encoder_identity="random",
        width=5,
        vocabulary=("w0.0", "w0.1", "w1.0", "w1.2"),
        model=model_settings(**changes),
        threshold=0.5,
        dev_f1=0.0,
        epoch=1,
    )
    torch.manual_seed(1)
    model = build_model(settings.model, settings.encoder, 5, len(settings.vocabulary), len(RELATIONS))
    save_model(model.state_dict(), settings, folder)
    return Predictor.load(folder, Options(threshold))
