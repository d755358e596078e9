"""The splits of a dataset, and the source of their words, as an experiment takes them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from glre.documents.document import Document
from glre.documents.table import read_documents
from glre.encoding.bundled_vectors import bundled_vectors
from glre.encoding.frozen.cache import read_description
from glre.encoding.transformer.location import encoder_identity
from glre.encoding.transformer.pretrained import counted_layers, load_pretrained
from glre.encoding.word_inputs import vocabulary
from glre.encoding.word_source import (
    CachedStates,
    TrainedStates,
    VectorTable,
    WordDescription,
    WordSource,
    same_layers,
)
from glre.encoding.word_vectors import read_vectors
from glre.errors import InputError
from glre.paths import documents as documents_path
from glre.settings import Dataset, Encoder, FineTuning, PretrainedEncoder, WordVectors


def read_splits(dataset: str, settings: Dataset) -> dict[str, list[Document]]:
    """The documents of each split."""
    return {split: read_documents(documents_path(dataset, split)) for split in settings.splits}


def word_source(
    encoder: Encoder, fine_tuning: FineTuning | None, splits: Mapping[str, Sequence[Document]], features: Path
) -> WordSource:
    """What the words of these splits are made from; `features` is where `glre encode` leaves a frozen encoder's states.

    InputError where it has not run with these settings, or where the encoder or the file of vectors can't be had.
    """
    if isinstance(encoder, WordVectors):
        return _vectors(encoder, splits)
    if fine_tuning is None:
        return _cached(encoder, features)
    pretrained = load_pretrained(encoder)
    description = WordDescription(
        encoder=encoder,
        identity=encoder_identity(encoder),
        width=pretrained.width,
        layers=pretrained.layers,
        fine_tuned=True,
    )
    return TrainedStates(description, pretrained, lambda: load_pretrained(encoder), fine_tuning.checkpointing)


def _cached(encoder: PretrainedEncoder, features: Path) -> WordSource:
    path = features / "train.npy"
    found = read_description(path)
    command = f"`glre encode --dataset {features.parent.name} --encoder {features.name}`"
    if found is None:
        raise InputError(str(path), "no hidden states", f"the output of {command}")
    identity = encoder_identity(encoder)
    same = (found.encoder, found.precision) == (identity, encoder.precision)
    if not (same and same_layers(counted_layers(encoder), found.layers)):
        states = f"hidden states of layers {list(found.layers)} of {found.encoder} in {found.precision}"
        raise InputError(str(path), states, f"those that params.yaml asks for; run {command} again")
    return CachedStates(
        WordDescription(encoder=encoder, identity=identity, width=found.width, layers=found.layers), features
    )


def _vectors(settings: WordVectors, splits: Mapping[str, Sequence[Document]]) -> WordSource:
    """Vectors of the settings' package or file for all words it has, else to be learned for words frequent in train."""
    words, vectors = vocabulary(splits["train"], settings.minimum_count), None
    wanted = {word for documents in splits.values() for word in vocabulary(documents, 1)}
    if settings.package is not None:
        found = bundled_vectors(settings.package, settings.folder, wanted, settings.width)
        words, vectors = found.words, found.vectors
    elif settings.path is not None:
        found = read_vectors(settings.path, wanted, settings.width)
        words, vectors = found.words, found.vectors
    identity = f"word vectors, {settings.origin}"
    description = WordDescription(encoder=settings, identity=identity, width=settings.width, vocabulary=words)
    return VectorTable(description, vectors)
