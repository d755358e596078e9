"""What the encoding layer reads of each word: hidden states, subwords to be encoded, or numbers of word vectors."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from glre.documents.document import Document
from glre.encoding.tokenization.subword_batch import SubwordBatch, subword_batch
from glre.encoding.tokenization.subwords import SpecialTokens, Subwords
from glre.encoding.transformer.pretrained import Pretrained

RARE = 0
"""Number of the vector that all words outside the vocabulary share."""


class WordInputs(Protocol):
    """Inputs of the documents of one split, by their place in it."""

    def take(self, documents: Sequence[int]) -> Tensor | SubwordBatch:
        """Inputs of all words of these documents, one document after the other."""
        ...


@dataclass(frozen=True)
class StateInputs:
    """Hidden states `[words, layers, width]` of a whole split, memory-mapped, and where each document starts."""

    states: npt.NDArray[np.float16]
    starts: npt.NDArray[np.int64]

    def take(self, documents: Sequence[int]) -> Tensor:
        """`[words, layers, width]` in single precision."""
        parts = [self.states[self.starts[number] : self.starts[number + 1]] for number in documents]
        return torch.from_numpy(np.concatenate(parts).astype(np.float32))


@dataclass(frozen=True)
class SubwordInputs:
    """Each document's subwords, for an encoder that is trained with the model."""

    subwords: tuple[Subwords, ...]
    special: SpecialTokens

    def take(self, documents: Sequence[int]) -> SubwordBatch:
        """The windows of these documents."""
        return subword_batch([self.subwords[number] for number in documents], self.special)


@dataclass(frozen=True)
class WordNumbers:
    """Each word's place in a vocabulary, by document."""

    numbers: tuple[npt.NDArray[np.int64], ...]

    def take(self, documents: Sequence[int]) -> Tensor:
        """`[words]`"""
        return torch.from_numpy(np.concatenate([self.numbers[number] for number in documents]))

    @property
    def words(self) -> int:
        """How many there are in all documents."""
        return sum(len(numbers) for numbers in self.numbers)

    @property
    def rare(self) -> int:
        """How many of them are outside the vocabulary."""
        return sum(int((numbers == RARE).sum()) for numbers in self.numbers)


def state_inputs(states: npt.NDArray[np.float16], documents: Sequence[Document]) -> StateInputs:
    """The hidden states of `documents` as inputs."""
    return StateInputs(states, np.cumsum([0, *(document.words for document in documents)]))


def subword_inputs(pretrained: Pretrained, documents: Sequence[Document]) -> SubwordInputs:
    """The documents' subwords for this encoder as inputs."""
    return SubwordInputs(tuple(pretrained.subwords(document) for document in documents), pretrained.special)


def vocabulary(documents: Sequence[Document], minimum_count: int) -> tuple[str, ...]:
    """Lower-cased words that occur at least `minimum_count` times, most frequent first."""
    counts = Counter(word.lower() for d in documents for sentence in d.sentences for word in sentence.words)
    kept = [(-count, word) for word, count in counts.items() if count >= minimum_count]
    return tuple(word for _, word in sorted(kept))


def word_numbers(documents: Sequence[Document], words: Mapping[str, int]) -> WordNumbers:
    """The documents' words by number, `RARE` for those that `words` does not have."""
    return WordNumbers(
        tuple(
            np.array(
                [words.get(word.lower(), RARE) for sentence in document.sentences for word in sentence.words],
                dtype=np.int64,
            )
            for document in documents
        )
    )
