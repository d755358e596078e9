"""A trained model as a folder: `model.safetensors` and `settings.json`, which is all that is needed to use it.

A fine-tuned encoder's weights are among the model's; its configuration and tokenizer stand in `encoder/`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from glre.encoding.transformer.bfloat16 import prepare_for_bfloat16
from glre.encoding.transformer.pretrained import Pretrained, rebuild_pretrained, save_architecture
from glre.encoding.transformer.word_states import WordStates
from glre.errors import InputError
from glre.files import written_whole
from glre.settings import Arithmetic, CandidateRule, Encoder, PretrainedEncoder, Section
from glre.systems.glre.encoding_layer import FineTunedStates, FrozenStates, Source, WordVectorTable
from glre.systems.glre.glre import GLRE
from glre.systems.glre.settings import GLRESettings

_ENCODER = "encoder"


class ModelSettings(Section):
    """What a trained model needs beside its weights, and where it comes from."""

    dataset: str
    experiment: str
    seed: int
    relations: tuple[str, ...]
    candidates: tuple[CandidateRule, ...]
    encoder: Encoder
    encoder_identity: str
    """Hash or name and revision of the frozen encoder's weights; how the word vectors came about."""
    width: int
    """Width of a hidden state or word vector."""
    vocabulary: tuple[str, ...] = ()
    """Words with a vector of their own, from number 1 on."""
    fine_tuned: bool = False
    """Whether the encoder was trained with the model, so that its weights are among the model's."""
    model: GLRESettings
    threshold: float
    """Chosen on dev; a score of at least this is a prediction."""
    dev_f1: float
    epoch: int


@dataclass(frozen=True)
class TrainedModel:
    """GLRE with its weights, ready to score, and its settings; with the encoder that is part of it where one is."""

    glre: GLRE
    settings: ModelSettings
    pretrained: Pretrained | None = None


def build_model(
    settings: GLRESettings,
    encoder: Encoder,
    width: int,
    words: int,
    relations: int,
    vectors: Tensor | None = None,
    states: WordStates | None = None,
) -> GLRE:
    """An untrained GLRE for hidden states of `width` or for `words` word vectors, besides that of rare words.

    `vectors [words, width]` are what the word vectors start from, `states` an encoder to be trained with the model,
    where there are any.
    """
    source: Source
    if states is not None:
        source = FineTunedStates(states)
    elif encoder.kind == "word_vectors":
        source = WordVectorTable(words + 1, width, vectors)
    else:
        source = FrozenStates(len(encoder.layers), width)
    return GLRE(source, relations, settings)


def save_model(
    weights: dict[str, Tensor], settings: ModelSettings, folder: Path, pretrained: Pretrained | None = None
) -> None:
    """Write weights and settings as a folder, whole or not at all; `pretrained` is the fine-tuned encoder, if any."""
    with written_whole(folder) as temporary:
        temporary.mkdir(parents=True)
        if pretrained is not None:
            save_architecture(pretrained, temporary / _ENCODER)
        save_file({name: tensor.contiguous() for name, tensor in weights.items()}, temporary / "model.safetensors")
        (temporary / "settings.json").write_text(settings.model_dump_json(indent=2) + "\n", encoding="utf-8")


def load_settings(folder: Path) -> ModelSettings:
    """The settings in a folder that `save_model` wrote; InputError where it is none."""
    with _reading(folder):
        return ModelSettings.model_validate_json((folder / "settings.json").read_bytes())


def load_model(folder: Path, precision: Arithmetic | None = None) -> TrainedModel:
    """Read a folder that `save_model` wrote; InputError where it is none.

    To be asked, not to be trained on. A fine-tuned encoder computes in `precision`, else in that of its settings; given
    bfloat16 the BiLSTM does so too.
    """
    settings = load_settings(folder)
    with _reading(folder):
        weights = load_file(folder / "model.safetensors")
    pretrained = None
    if settings.fine_tuned and isinstance(settings.encoder, PretrainedEncoder):
        changes = {} if precision is None else {"precision": precision}
        pretrained = rebuild_pretrained(settings.encoder.model_copy(update=changes), folder / _ENCODER)
    glre = build_model(
        settings.model,
        settings.encoder,
        settings.width,
        len(settings.vocabulary),
        len(settings.relations),
        states=None if pretrained is None else WordStates(pretrained),
    )
    try:
        glre.load_state_dict(weights)
    except RuntimeError:
        raise InputError(
            str(folder / "model.safetensors"), "weights of another shape", "those that settings.json describes"
        ) from None
    glre.to(torch.device("cuda" if torch.cuda.is_available() else "cpu")).eval()
    if precision == "bfloat16":
        if glre.encoding.bilstm is not None:
            glre.encoding.bilstm.to(torch.bfloat16)
        if pretrained is not None:
            prepare_for_bfloat16(pretrained.model)
    return TrainedModel(glre, settings, pretrained)


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    expected = "a model as `glre train` writes it"
    try:
        yield
    except OSError as error:
        found = (error.strerror or "no such file").lower()
        raise InputError(str(error.filename or folder), found, expected) from None
    except (ValidationError, SafetensorError) as error:
        raise InputError(str(folder), " ".join(str(error).split())[:200], expected) from None
