"""The modules that turn what is read of each word into its vector: the first part of a network."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from glre.encoding.tokenization.subword_batch import SubwordBatch
from glre.encoding.transformer.word_states import WordStates
from glre.encoding.word_inputs import RARE


class FrozenStates(nn.Module):
    """Hidden states of a frozen encoder; of several layers, their mean under learned weights (Peters et al. 2018)."""

    def __init__(self, layers: int) -> None:
        super().__init__()
        self.mix = nn.Parameter(torch.zeros(layers)) if layers > 1 else None

    def forward(self, states: Tensor) -> Tensor:
        """`[words, layers, width]` → `[words, width]`."""
        if self.mix is None:
            return states[:, 0]
        return torch.einsum("nlw,l->nw", states, self.mix.softmax(0))


class FineTunedStates(nn.Module):
    """Hidden states of an encoder that is trained with the model; of several layers their mean, as of frozen ones."""

    def __init__(self, states: WordStates) -> None:
        super().__init__()
        self.states = states
        self.mean = FrozenStates(len(states.layers))

    def forward(self, batch: SubwordBatch) -> Tensor:
        """Windows of subwords → `[words, width]`."""
        mean: Tensor = self.mean(self.states(batch))
        return mean


class WordVectorTable(nn.Module):
    """Word vectors in place of an encoder (Table 4, "without BERT"), trained with the model."""

    def __init__(self, words: int, width: int, vectors: Tensor | None = None) -> None:
        """`words` counts that of rare words, number 0; `vectors [words - 1, width]` are what the others start from."""
        super().__init__()
        self.vectors = nn.Embedding(words, width)
        nn.init.normal_(self.vectors.weight, std=width**-0.5)
        if vectors is not None:
            self.vectors.weight.data[1:] = vectors

    def forward(self, words: Tensor) -> Tensor:
        """Word numbers `[words]` → `[words, width]`."""
        vectors: Tensor = self.vectors(words)
        return vectors


class FrozenVectorTable(nn.Module):
    """Word vectors that stay as they are, and one, for all words that have none, that is trained with the model."""

    vectors: Tensor

    def __init__(self, words: int, width: int, vectors: Tensor | None = None) -> None:
        """`words` counts that of rare words, number 0; `vectors [words - 1, width]` None where a model brings them."""
        super().__init__()
        given = torch.zeros(words - 1, width) if vectors is None else vectors
        self.register_buffer("vectors", functional.pad(given, (0, 0, 1, 0)))
        self.rare = nn.Parameter(torch.randn(width) * width**-0.5)

    def forward(self, words: Tensor) -> Tensor:
        """Word numbers `[words]` → `[words, width]`."""
        return torch.where((words == RARE).unsqueeze(1), self.rare, self.vectors[words])
