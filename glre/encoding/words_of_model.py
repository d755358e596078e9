"""The source of a trained model's words: of any documents that come, or of a dataset's that are encoded already."""

from pathlib import Path

from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.transformer.location import encoder_identity, encoder_source
from glre.encoding.transformer.pretrained import rebuild_pretrained
from glre.encoding.word_source import (
    ENCODER,
    CachedStates,
    ComputedStates,
    TrainedStates,
    VectorTable,
    WordDescription,
    WordSource,
)
from glre.errors import InputError
from glre.settings import Arithmetic, WordVectors


def words_of_model(words: WordDescription, model: Path, precision: Arithmetic | None = None) -> WordSource:
    """What the words of the model in a folder are made from, for any documents; an encoder computes in `precision`.

    Without one in that of its settings. InputError where a frozen encoder is not the one that the model was trained
    with.
    """
    encoder = words.encoder
    if isinstance(encoder, WordVectors):
        return VectorTable(words)
    if precision is not None:
        encoder = encoder.model_copy(update={"precision": precision})
    if words.fine_tuned:
        pretrained = rebuild_pretrained(encoder, model / ENCODER)
        return TrainedStates(words, pretrained, lambda: pretrained)
    identity = encoder_identity(encoder)
    if identity != words.identity:
        place = f"{model}, encoder {encoder_source(encoder)}"
        raise InputError(place, identity, f"the one that the model was trained with, {words.identity}")
    return ComputedStates(words, FrozenEncoder(encoder))


def words_of_dataset(words: WordDescription, model: Path, features: Path) -> WordSource:
    """The same for the documents of a dataset: a frozen encoder's states are read from what `features` has of them."""
    if words.fine_tuned or isinstance(words.encoder, WordVectors):
        return words_of_model(words, model)
    return CachedStates(words, features)
