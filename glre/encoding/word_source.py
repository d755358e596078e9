"""What a system's words become vectors by: a frozen encoder, one that is trained with the system, or word vectors."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from glre.documents.document import Document
from glre.encoding.frozen.cache import FeatureDescription, read_states
from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.transformer.pretrained import Pretrained, save_architecture
from glre.encoding.transformer.word_states import WordStates
from glre.encoding.word_inputs import WordInputs, state_inputs, subword_inputs, word_numbers
from glre.encoding.word_modules import FineTunedStates, FrozenStates, FrozenVectorTable, WordVectorTable
from glre.settings import Encoder, Section, WordVectors

ENCODER = "encoder"
"""Folder of a fine-tuned encoder's configuration and tokenizer inside a model's."""


class WordDescription(Section):
    """What tells one source of words from another, and what a model needs to know of its own."""

    encoder: Encoder
    identity: str
    """Hash, or name and revision, of the encoder's weights before any training; how word vectors came about."""
    width: int
    """Width of a hidden state or word vector."""
    layers: tuple[int, ...] = ()
    """Of an encoder, those that are read: counted from the embeddings, or, below 0, from its last one."""
    vocabulary: tuple[str, ...] = ()
    """Words with a vector of their own, from number 1 on."""
    fine_tuned: bool = False
    """Whether the encoder is trained with the system, so that its weights are among the model's."""


class WordSource(ABC):
    """Makes the inputs of any documents, and the module that turns them into vectors of words."""

    def __init__(self, description: WordDescription) -> None:
        self.description = description

    @abstractmethod
    def module(self) -> nn.Module:
        """A new module for what `inputs` gives → `[words, width]`, with the weights that training starts from."""

    @abstractmethod
    def inputs(self, documents: Sequence[Document]) -> WordInputs:
        """The inputs of these documents. InputError where they can't be had."""

    def save(self, folder: Path) -> None:  # noqa: B027 most have nothing to write
        """Write beside a model's weights what its words need and its settings don't say; by default nothing."""

    @property
    def bytes_per_word(self) -> int:
        """Of inputs that are kept in memory while documents wait; 0 where there is little to keep."""
        return 0


class CachedStates(WordSource):
    """A frozen encoder's hidden states that `glre encode` has written into `folder`."""

    def __init__(self, description: WordDescription, folder: Path) -> None:
        super().__init__(description)
        self._folder = folder

    def module(self) -> nn.Module:
        """The states, or their mean under learned weights."""
        return FrozenStates(len(self.description.layers))

    def inputs(self, documents: Sequence[Document]) -> WordInputs:
        """States of a whole split. InputError where they are missing, of other text, or of another encoder or layer."""
        return state_inputs(read_states(self._folder, documents, self._refusal), documents)

    def _refusal(self, found: FeatureDescription) -> str | None:
        own = self.description
        precision = own.encoder.precision if own.encoder.kind == "pretrained" else None
        if (found.encoder, found.precision) == (own.identity, precision) and same_layers(own.layers, found.layers):
            return None
        return f"layers {list(own.layers)} of {own.identity} in {precision}"


class ComputedStates(WordSource):
    """A frozen encoder that computes the hidden states of whatever documents come."""

    def __init__(self, description: WordDescription, encoder: FrozenEncoder) -> None:
        super().__init__(description)
        self._encoder = encoder

    def module(self) -> nn.Module:
        """The states, or their mean under learned weights."""
        return FrozenStates(len(self.description.layers))

    def inputs(self, documents: Sequence[Document]) -> WordInputs:
        """States from the same blocks as `glre encode` makes of the same documents."""
        return state_inputs(self._encoder.states(documents), documents)

    @property
    def bytes_per_word(self) -> int:
        """Of the states."""
        return 2 * len(self._encoder.layers) * self._encoder.width


class TrainedStates(WordSource):
    """An encoder that is trained with the system."""

    def __init__(
        self,
        description: WordDescription,
        pretrained: Pretrained,
        load: Callable[[], Pretrained],
        checkpointing: bool = False,
    ) -> None:
        """`load` gives each module an encoder of its own, since training changes weights in place."""
        super().__init__(description)
        self._pretrained = pretrained
        self._load = load
        self._checkpointing = checkpointing

    def module(self) -> nn.Module:
        """The encoder."""
        return FineTunedStates(WordStates(self._load(), self._checkpointing))

    def inputs(self, documents: Sequence[Document]) -> WordInputs:
        """The documents' subwords."""
        return subword_inputs(self._pretrained, documents)

    def save(self, folder: Path) -> None:
        """Configuration and tokenizer."""
        save_architecture(self._pretrained, folder / ENCODER)


class VectorTable(WordSource):
    """Word vectors: those of a package or a file, or learned with the system from these or from random ones."""

    def __init__(self, description: WordDescription, vectors: npt.NDArray[np.float32] | None = None) -> None:
        """`vectors [vocabulary, width]` are what those of the vocabulary start from."""
        super().__init__(description)
        self._vectors = vectors
        self._numbers = {word: number for number, word in enumerate(description.vocabulary, start=1)}

    def module(self) -> nn.Module:
        """A vector for each word of the vocabulary, and one that all others share."""
        vectors = None if self._vectors is None else torch.from_numpy(self._vectors)
        sizes = (len(self._numbers) + 1, self.description.width)
        return FrozenVectorTable(*sizes, vectors) if self._frozen else WordVectorTable(*sizes, vectors)

    @property
    def _frozen(self) -> bool:
        encoder = self.description.encoder
        return isinstance(encoder, WordVectors) and encoder.published and not encoder.tuned

    def inputs(self, documents: Sequence[Document]) -> WordInputs:
        """The words' numbers."""
        return word_numbers(documents, self._numbers)


def same_layers(wanted: Sequence[int], found: Sequence[int]) -> bool:
    """Whether layers are those wanted; one below 0 is counted from the last, which only the encoder knows."""
    return len(wanted) == len(found) and all(
        layer < 0 or layer == other for layer, other in zip(wanted, found, strict=True)
    )
