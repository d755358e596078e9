"""The encoding layer (section 3.1): words to h, from an encoder's hidden states or from word vectors."""

import torch
from torch import Tensor, nn

from glre.encoding.tokenization.subword_batch import SubwordBatch
from glre.encoding.transformer.word_states import WordStates
from glre.systems.glre.graph import GraphBatch
from glre.systems.glre.settings import GLRESettings
from glre.systems.layers.bilstm import BiLSTM


class FrozenStates(nn.Module):
    """Hidden states of a frozen encoder; of several layers, their mean under learned weights (Peters et al. 2018)."""

    def __init__(self, layers: int, width: int) -> None:
        super().__init__()
        self.width = width
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
        self.width = states.width
        self.states = states
        self.mean = FrozenStates(len(states.layers), states.width)

    def forward(self, batch: SubwordBatch) -> Tensor:
        """Windows of subwords → `[words, width]`."""
        mean: Tensor = self.mean(self.states(batch))
        return mean


class WordVectorTable(nn.Module):
    """Word vectors in place of BERT (Table 4, "without BERT"), trained with the model."""

    def __init__(self, words: int, width: int, vectors: Tensor | None = None) -> None:
        """`words` counts that of rare words, number 0; `vectors [words - 1, width]` are what the others start from."""
        super().__init__()
        self.width = width
        self.vectors = nn.Embedding(words, width)
        nn.init.normal_(self.vectors.weight, std=width**-0.5)
        if vectors is not None:
            self.vectors.weight.data[1:] = vectors

    def forward(self, words: Tensor) -> Tensor:
        """Word numbers `[words]` → `[words, width]`."""
        vectors: Tensor = self.vectors(words)
        return vectors


Source = FrozenStates | FineTunedStates | WordVectorTable
"""What words become vectors by."""


class EncodingLayer(nn.Module):
    """`H = BERT(D)` (Eq. 1), read by a BiLSTM where the encoder is frozen, brought to the hidden width."""

    def __init__(self, source: Source, settings: GLRESettings) -> None:
        super().__init__()
        self.source = source
        self.dropout = nn.Dropout(settings.encoder_dropout)
        self.bilstm = BiLSTM(source.width, settings.lstm) if settings.lstm else None
        self.project = nn.Linear(2 * settings.lstm or source.width, settings.hidden)

    def forward(self, inputs: Tensor | SubwordBatch, graph: GraphBatch) -> Tensor:
        """What the source takes, for each word → h `[words, hidden]`."""
        words = self.dropout(self.source(inputs))
        if self.bilstm is not None:
            words = self.bilstm(words, graph)
        projected: Tensor = self.project(words)
        return projected
