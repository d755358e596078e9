"""Small models and their settings."""

from typing import Any

import torch

from glre.encoding.word_modules import FrozenStates, WordVectorTable
from glre.systems.glre.glre import GLRE
from glre.systems.glre.settings import GLRESettings
from glre.systems.network import Scorer
from glre.systems.registry import SYSTEMS, network_type

STATE_WIDTH = 5

ABLATIONS: dict[str, dict[str, bool]] = {
    "glre": {},
    "without_global": {"use_global": False},
    "without_local": {"use_local": False},
    "without_context": {"use_context": False},
    "local only": {"use_global": False, "use_context": False},
    "global only": {"use_local": False, "use_context": False},
}


SMALL: dict[str, dict[str, Any]] = {
    "glre": {
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
    },
    "biaffine": {"encoder_dropout": 0.0, "lstm": 3, "hidden": 4, "scorer_dropout": 0.0},
    "bran": {
        "word_dropout": 0.0,
        "hidden": 8,
        "positions": 20,
        "blocks": 2,
        "heads": 2,
        "hidden_dropout": 0.0,
        "scorer_dropout": 0.0,
        "tagging_weight": 0.1,
        "positive_weight": 2.0,
    },
    "eog": {
        "input_dropout": 0.0,
        "lstm": 3,
        "node_type": 2,
        "distance": 2,
        "distance_bins": 4,
        "edge": 6,
        "walks": 3,
        "kept": 0.8,
        "output_dropout": 0.0,
    },
    "two_step": {"encoder_dropout": 0.0, "lstm": 3, "hidden": 4, "distance": 3, "distance_bins": 4, "dropout": 0.0},
    "yao": {
        "reader": "bilstm",
        "context_aware": True,
        "entity_number": 2,
        "entity_numbers": 4,
        "entity_type": 2,
        "input_dropout": 0.0,
        "channels": 5,
        "channel_dropout": 0.0,
        "hidden": 6,
        "distance": 3,
        "distance_bins": 4,
    },
}
"""Settings of a small model of each system, without dropout: tests of what every system has to do take them."""


def model_settings(**changes: Any) -> GLRESettings:
    """A small GLRE without dropout, `changes` aside."""
    return GLRESettings.model_validate(SMALL["glre"] | changes)


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


def small_system(system: str, seed: int = 0) -> Scorer:
    """An untrained small model of any system, on one layer of states, for two relations."""
    torch.manual_seed(seed)
    settings = SYSTEMS[system].settings.model_validate({"system": system} | SMALL[system])
    return Scorer(FrozenStates(1), network_type(system)(STATE_WIDTH, 2, settings)).eval()
