"""A trained model as a folder that needs nothing beside it.

`model.safetensors` are the weights, those of a fine-tuned encoder among them; `settings.json` says what system it is,
what its words are made from, and what its relations are called; `dev_curve.json` what each threshold gives on dev;
`encoder/` has a fine-tuned encoder's configuration and tokenizer.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import Field, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from glre.encoding.transformer.bfloat16 import prepare_for_bfloat16
from glre.encoding.transformer.word_states import WordStates
from glre.encoding.word_source import WordDescription, WordSource
from glre.errors import InputError
from glre.files import written_whole
from glre.settings import Arithmetic, CandidateRule, Section
from glre.systems.dev_curve import DevCurve
from glre.systems.earlier_models import earlier_settings, earlier_weights
from glre.systems.layers.bilstm import BiLSTM
from glre.systems.network import Scorer
from glre.systems.registry import AnySystem, network_type

WEIGHTS = "model.safetensors"
SETTINGS = "settings.json"
CURVE = "dev_curve.json"


class ModelSettings(Section):
    """What a trained model needs beside its weights, and where it comes from."""

    dataset: str
    experiment: str
    seed: int
    relations: tuple[str, ...]
    relation_names: dict[str, str] = Field(default_factory=dict)
    """Relations in words, those that have some."""
    candidates: tuple[CandidateRule, ...]
    words: WordDescription
    model: AnySystem
    threshold: float
    """A score of at least this is a prediction; chosen on dev, unless the system has a rule of its own."""
    dev_f1: float
    epoch: int

    def name(self, relation: str) -> str:
        """The relation in words, itself where it has none."""
        return self.relation_names.get(relation, relation)


@dataclass(frozen=True)
class TrainedModel:
    """A system with its weights and the source of its words, ready to score, and its settings."""

    scorer: Scorer
    source: WordSource
    settings: ModelSettings


def new_scorer(system: AnySystem, source: WordSource, relations: int) -> Scorer:
    """An untrained system on the words of `source`, for so many relations."""
    # First, since both draw random numbers.
    words = source.module()
    return Scorer(words, network_type(system.system)(source.description.width, relations, system))


def save_model(
    weights: Mapping[str, Tensor], settings: ModelSettings, curve: DevCurve, source: WordSource, folder: Path
) -> None:
    """Write a model as a folder, whole or not at all."""
    with written_whole(folder) as temporary:
        temporary.mkdir(parents=True)
        source.save(temporary)
        save_file({name: tensor.contiguous() for name, tensor in weights.items()}, temporary / WEIGHTS)
        (temporary / CURVE).write_text(curve.model_dump_json() + "\n", encoding="utf-8")
        (temporary / SETTINGS).write_text(settings.model_dump_json(indent=2) + "\n", encoding="utf-8")


def load_settings(folder: Path) -> ModelSettings:
    """The settings in a folder that `save_model` wrote, now or earlier; InputError where it is none."""
    with _reading(folder):
        return ModelSettings.model_validate(earlier_settings((folder / SETTINGS).read_bytes()))


def load_model(
    folder: Path, settings: ModelSettings, source: WordSource, precision: Arithmetic | None = None
) -> TrainedModel:
    """The model in a folder whose `settings` were loaded, with the `source` of its words, to be asked, not trained on.

    Given bfloat16, an encoder that is part of it and BiLSTMs compute in it. InputError where the weights are missing or
    of another shape.
    """
    with _reading(folder):
        weights = load_file(folder / WEIGHTS)
    scorer = new_scorer(settings.model, source, len(settings.relations))
    try:
        scorer.load_state_dict(earlier_weights(weights))
    except RuntimeError:
        expected = "those that settings.json describes"
        raise InputError(str(folder / WEIGHTS), "weights of another shape", expected) from None
    scorer.to(torch.device("cuda" if torch.cuda.is_available() else "cpu")).eval()
    if precision == "bfloat16":
        for module in list(scorer.modules()):
            if isinstance(module, BiLSTM):
                module.to(torch.bfloat16)
            elif isinstance(module, WordStates):
                prepare_for_bfloat16(module.model)
    return TrainedModel(scorer, source, settings)


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    expected = "a model as `glre train` writes it"
    try:
        yield
    except OSError as error:
        found = (error.strerror or "no such file").lower()
        raise InputError(str(error.filename or folder), found, expected) from None
    except (ValidationError, ValueError, SafetensorError) as error:
        raise InputError(str(folder), " ".join(str(error).split())[:200], expected) from None
