"""A bidirectional LSTM over documents of different lengths."""

from typing import cast

import torch
from torch import Tensor, nn

from glre.systems.glre.graph import GraphBatch


class BiLSTM(nn.Module):
    """Reads every document forwards and backwards: `[words, inputs]` → `[words, 2 · hidden]`.

    Two one-directional LSTMs over padded tables, the second with each document reversed within its own length, give
    the numbers of a packed bidirectional LSTM: padding stands behind every word in both, so no state passes through
    it. Packing would cost a backward pass that is quadratic in the batch on a processor. It computes in the precision
    that its parameters have.
    """

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.forwards = nn.LSTM(inputs, hidden, batch_first=True)
        self.backwards = nn.LSTM(inputs, hidden, batch_first=True)

    def forward(self, words: Tensor, graph: GraphBatch) -> Tensor:
        """Words `[words, inputs]` of all documents → `[words, 2 · hidden]`."""
        outputs = [
            _read(lstm, words, position, graph.word_counts)
            for lstm, position in (
                (self.forwards, graph.padded_position),
                (self.backwards, graph.reversed_position),
            )
        ]
        return torch.cat(outputs, dim=1)


def _read(lstm: nn.LSTM, words: Tensor, position: Tensor, word_counts: tuple[int, ...]) -> Tensor:
    longest = max(word_counts)
    own = words.to(next(lstm.parameters()).dtype)
    table = own.new_zeros(len(word_counts) * longest, words.shape[1]).index_copy(0, position, own)
    read = cast(Tensor, lstm(table.view(len(word_counts), longest, -1))[0])
    return read.reshape(-1, read.shape[-1]).index_select(0, position).to(words.dtype)
