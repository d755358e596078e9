"""Untrained systems of several relations on word vectors, in memory or as a folder that a predictor loads."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from small_models import model_settings

from glre.encoding.word_source import VectorTable, WordDescription, WordSource
from glre.prediction.options import Options
from glre.prediction.predictor import Predictor
from glre.prediction.thresholds import Choice
from glre.settings import CandidateRule, WordVectors
from glre.systems.dev_curve import DevCurve
from glre.systems.network import Scorer
from glre.systems.system import SystemSettings
from glre.systems.trained import ModelSettings, TrainedModel, new_scorer, save_model

RELATIONS = ("r", "s", "t", "u", "v")
CURVE = DevCurve(thresholds=(0.9, 0.6, 0.4), precision=(1.0, 0.75, 0.6), recall=(0.2, 0.6, 0.9))
_WIDTH = 5
_WORDS = tuple(f"w{sentence}.{word}" for sentence in range(4) for word in range(6))


def untrained(folder: Path, threshold: float, **changes: Any) -> Predictor:
    """A predictor of the GLRE that is written to `folder`; `changes` are made to its small settings."""
    return written(folder, model_settings(**changes), Options(threshold))


def written(folder: Path, system: SystemSettings, options: Options) -> Predictor:
    """A predictor of the system that is written to `folder`."""
    in_folder(folder, _settings(system, (CandidateRule(),)))
    return Predictor.load(folder, options)


def in_folder(folder: Path, settings: ModelSettings) -> None:
    """An untrained model with these settings, its words aside, which have vectors."""
    settings = settings.model_copy(update={"words": _settings(settings.model, ()).words})
    source = VectorTable(settings.words)
    save_model(_scorer(settings, source, seed=1).state_dict(), settings, CURVE, source, folder)


def in_memory(rules: Sequence[CandidateRule], seed: int = 0, **changes: Any) -> Predictor:
    """A predictor of a GLRE whose attentions are not flat, on so many words that documents differ."""
    settings = _settings(model_settings(**changes), rules)
    source = VectorTable(settings.words)
    scorer = _scorer(settings, source, seed).eval()
    for name, parameter in scorer.named_parameters():
        if name == "network.classifier.context.weight.weight":
            # As it starts, the weight is so small that every pair has nearly the same context.
            torch.nn.init.normal_(parameter, std=0.3)
    return Predictor(TrainedModel(scorer, source, settings), Options(), Choice(0.5))


def _scorer(settings: ModelSettings, source: WordSource, seed: int) -> Scorer:
    torch.manual_seed(seed)
    return new_scorer(settings.model, source, len(settings.relations))


def _settings(system: SystemSettings, rules: Sequence[CandidateRule]) -> ModelSettings:
    words = WordDescription(
        encoder=WordVectors(kind="word_vectors", width=_WIDTH), identity="random", width=_WIDTH, vocabulary=_WORDS
    )
    return ModelSettings(
        dataset="own",
        experiment="untrained",
        seed=3,
        relations=RELATIONS,
        relation_names={"r": "is related to"},
        candidates=tuple(rules),
        words=words,
        model=system,
        threshold=0.5,
        dev_f1=0.0,
        epoch=1,
    )
