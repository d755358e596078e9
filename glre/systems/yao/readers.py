"""What reads the words of a document: a CNN, an LSTM, a BiLSTM."""

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

from glre.systems.layers.bilstm import BiLSTM, Padding, read
from glre.systems.yao.settings import YaoSettings

_LAYERS = 3
_WIDTH = 3


class CNN(nn.Module):
    """Three times: a convolution over three words, the highest of three neighbours, ReLU, dropout."""

    def __init__(self, inputs: int, channels: int, dropout: float) -> None:
        super().__init__()
        sizes = pairwise([inputs, *[channels] * _LAYERS])
        self.layers = nn.ModuleList(nn.Conv1d(*size, _WIDTH, padding=_WIDTH // 2) for size in sizes)
        self.dropout = nn.Dropout(dropout)

    def forward(self, words: Tensor, table: Padding) -> Tensor:
        """`[words, inputs]` → `[words, channels]`; nothing comes from padding."""
        empty = ~table.filled.unsqueeze(1)
        states = table.laid_out(words, table.forwards).transpose(1, 2)
        for layer in self.layers:
            convolved = layer(states).masked_fill(empty, float("-inf"))
            highest = functional.max_pool1d(convolved, _WIDTH, stride=1, padding=_WIDTH // 2)
            states = self.dropout(highest.relu().masked_fill(empty, 0.0))
        return states.transpose(1, 2).flatten(0, 1).index_select(0, table.forwards)


class LSTM(nn.Module):
    """An LSTM from the first word to the last."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.forwards = nn.LSTM(inputs, hidden, batch_first=True)

    def forward(self, words: Tensor, table: Padding) -> Tensor:
        """`[words, inputs]` → `[words, hidden]`."""
        return read(self.forwards, words, table.forwards, table)


class Reader(nn.Module):
    """Any of them, then a linear layer and ReLU."""

    def __init__(self, inputs: int, settings: YaoSettings) -> None:
        super().__init__()
        hidden = settings.hidden
        self.words: nn.Module
        if settings.reader == "cnn":
            self.words, width = CNN(inputs, settings.channels, settings.channel_dropout), settings.channels
        elif settings.reader == "lstm":
            self.words, width = LSTM(inputs, hidden), hidden
        else:
            self.words, width = BiLSTM(inputs, hidden), 2 * hidden
        self.project = nn.Linear(width, hidden)

    def forward(self, words: Tensor, table: Padding) -> Tensor:
        """`[words, inputs]` → `[words, hidden]`."""
        found: Tensor = self.project(self.words(words, table)).relu()
        return found
