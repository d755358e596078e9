"""Small models and their settings."""

from typing import Any

import torch

from glre.encoding.word_modules import FrozenStates, WordVectorTable
from glre.systems.glre.glre import GLRE
from glre.systems.glre.settings import GLRESettings
from glre.systems.network import Scorer

STATE_WIDTH = 5

ABLATIONS: dict[str, dict[str, bool]] = {
    "glre": {},
    "without_global": {"use_global": False},
    "without_local": {"use_local": False},
    "without_context": {"use_context": False},
    "local only": {"use_global": False, "use_context": False},
    "global only": {"use_local": False, "use_context": False},
}


def model_settings(**changes: Any) -> GLRESettings:
    """A small model without dropout, `changes` aside."""
    plain = {
        "hidden": 8,
        "lstm": 3,
        "encoder_dropout": 0.0,
        "node_type": 2,
        "rgcn_layers": 2,
        "rgcn_input_dropout": 0.0,
        "rgcn_output_dropout": 0.0,
        "heads": 2,
        "attention_dropout": 0.0,
        "distance": 3,
        "distance_bins": 4,
        "classifier_hidden": (6,),
        "classifier_dropout": 0.0,
    }
    return GLRESettings.model_validate(plain | changes)


def glre_model(seed: int = 0, **changes: Any) -> GLRE:
    """An untrained network on words of `STATE_WIDTH`, for two relations, whose attentions are not flat."""
    torch.manual_seed(seed)
    model = GLRE(STATE_WIDTH, 2, model_settings(**changes)).eval()
    if model.classifier.context is not None:
        # As it starts, the weight is so small that every pair has nearly the same context.
        torch.nn.init.normal_(model.classifier.context.weight.weight, std=0.3)
    return model


def glre_scorer(seed: int = 0, layers: int = 1, words: int = 0, **changes: Any) -> Scorer:
    """The same behind states of `layers` layers, or behind `words` word vectors."""
    torch.manual_seed(seed)
    source = WordVectorTable(words, STATE_WIDTH) if words else FrozenStates(layers)
    return Scorer(source, glre_model(seed, **changes)).eval()
