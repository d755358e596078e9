"""The splits of a dataset as an experiment's model takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from glre.documents.document import Document
from glre.documents.table import read_documents
from glre.encoding.frozen.cache import read_description, read_features
from glre.encoding.transformer.location import encoder_identity
from glre.encoding.transformer.pretrained import Pretrained, load_pretrained
from glre.encoding.word_inputs import WordInputs, state_inputs, subword_inputs, vocabulary, word_numbers
from glre.encoding.word_vectors import read_vectors
from glre.errors import InputError
from glre.paths import documents as documents_path
from glre.paths import hidden_states
from glre.settings import Dataset, PretrainedEncoder, WordVectors
from glre.training.batches import Split, make_split


@dataclass(frozen=True)
class EncoderSummary:
    """What a model needs to know of what its words are made from.

    `identity` tells it from others, `width` is that of a state or vector, `vocabulary` the words with vectors of
    their own, and `vectors [vocabulary, width]` what these start from, where a file gave them. `pretrained` is an
    encoder that is trained with the model.
    """

    identity: str
    width: int
    vocabulary: tuple[str, ...] = ()
    vectors: npt.NDArray[np.float32] | None = None
    pretrained: Pretrained | None = None


def read_splits(dataset: str, settings: Dataset) -> dict[str, list[Document]]:
    """The documents of each split."""
    return {split: read_documents(documents_path(dataset, split)) for split in settings.splits}


def fine_tuned_encoder(settings: PretrainedEncoder) -> EncoderSummary:
    """An encoder with its published weights, to be trained with the model."""
    pretrained = load_pretrained(settings)
    return EncoderSummary(encoder_identity(settings), pretrained.width, pretrained=pretrained)


def frozen_encoder(dataset: str, encoder: str, settings: PretrainedEncoder) -> EncoderSummary:
    """What `glre encode` used; InputError where it has not run with these settings."""
    path = hidden_states(dataset, encoder, "train")
    description = read_description(path)
    command = f"`glre encode --dataset {dataset} --encoder {encoder}`"
    if description is None:
        raise InputError(str(path), "no hidden states", f"the output of {command}")
    # A layer below zero is counted from the encoder's last one, which only the encoder knows.
    same_layers = len(settings.layers) == len(description.layers) and all(
        wanted < 0 or wanted == layer for wanted, layer in zip(settings.layers, description.layers, strict=True)
    )
    if not (same_layers and description.encoder == encoder_identity(settings)):
        found = f"hidden states of layers {list(description.layers)} of {description.encoder}"
        raise InputError(str(path), found, f"those that params.yaml asks for; run {command} again")
    return EncoderSummary(description.encoder, description.width)


def word_vectors(settings: WordVectors, splits: Mapping[str, Sequence[Document]]) -> EncoderSummary:
    """Vectors from the settings' file for all words it has, else to be learned for words frequent in train."""
    if settings.path is None:
        words = vocabulary(splits["train"], settings.minimum_count)
        return EncoderSummary("word vectors learned with the model", settings.width, words)
    wanted = {word for documents in splits.values() for word in vocabulary(documents, 1)}
    file = read_vectors(settings.path, wanted, settings.width)
    return EncoderSummary(f"word vectors of {settings.path.name}", settings.width, file.words, file.vectors)


def word_inputs(
    dataset: str, split: str, documents: Sequence[Document], encoder: str, summary: EncoderSummary
) -> WordInputs:
    """The inputs of one split: numbers of word vectors where there is a vocabulary, else subwords or hidden states."""
    if summary.vocabulary:
        return word_numbers(documents, {word: number for number, word in enumerate(summary.vocabulary, start=1)})
    if summary.pretrained is not None:
        return subword_inputs(summary.pretrained, documents)
    return state_inputs(read_features(hidden_states(dataset, encoder, split), documents), documents)


def prepared(
    dataset: str, split: str, documents: Sequence[Document], settings: Dataset, encoder: str, summary: EncoderSummary
) -> Split:
    """One split, ready for the model."""
    inputs = word_inputs(dataset, split, documents, encoder, summary)
    return make_split(documents, inputs, settings.candidates, settings.relations)
