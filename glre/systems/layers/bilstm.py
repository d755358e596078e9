"""A bidirectional LSTM over documents of different lengths."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Padding:
    """Where the words of several runs stand in a table `[runs × longest]`, as they come and with each run reversed."""

    runs: int
    longest: int
    forwards: Tensor
    """Row of each word `[words]`."""
    backwards: Tensor
    """The same with every run's words in reverse order `[words]`."""

    @property
    def filled(self) -> Tensor:
        """Where a word stands `[runs, longest]`."""
        cells = torch.zeros(self.runs * self.longest, dtype=torch.bool, device=self.forwards.device)
        return cells.index_fill(0, self.forwards, True).view(self.runs, self.longest)

    def laid_out(self, words: Tensor, rows: Tensor) -> Tensor:
        """`[words, width]`, the row of each → the table `[runs, longest, width]`, zeros where none stands."""
        cells = words.new_zeros(self.runs * self.longest, words.shape[1]).index_copy(0, rows, words)
        return cells.view(self.runs, self.longest, -1)


def padding(lengths: Sequence[int]) -> Padding:
    """The table of runs of words of these lengths, which stand one after the other."""
    longest = max(lengths)
    rows = range(0, longest * len(lengths), longest)
    return Padding(
        runs=len(lengths),
        longest=longest,
        forwards=_joined([np.arange(length) + row for length, row in zip(lengths, rows, strict=True)]),
        backwards=_joined([np.arange(length)[::-1] + row for length, row in zip(lengths, rows, strict=True)]),
    )


class BiLSTM(nn.Module):
    """Reads every run of words forwards and backwards: `[words, inputs]` → `[words, 2 · hidden]`.

    Two one-directional LSTMs over padded tables, the second with each run reversed within its own length, give the
    numbers of a packed bidirectional LSTM: padding stands behind every word in both, so no state passes through it.
    Packing would cost a backward pass that is quadratic in the batch on a processor. It computes in the precision that
    its parameters have.
    """

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.forwards = nn.LSTM(inputs, hidden, batch_first=True)
        self.backwards = nn.LSTM(inputs, hidden, batch_first=True)

    def forward(self, words: Tensor, table: Padding) -> Tensor:
        """Words `[words, inputs]` of all runs → `[words, 2 · hidden]`."""
        outputs = [
            read(self.forwards, words, table.forwards, table),
            read(self.backwards, words, table.backwards, table),
        ]
        return torch.cat(outputs, dim=1)


def read(lstm: nn.LSTM, words: Tensor, position: Tensor, table: Padding) -> Tensor:
    """Words `[words, inputs]`, at these places of the table, by a one-directional LSTM → `[words, hidden]`."""
    own = words.to(next(lstm.parameters()).dtype)
    read = cast(Tensor, lstm(table.laid_out(own, position))[0])
    return read.reshape(-1, read.shape[-1]).index_select(0, position).to(words.dtype)


def _joined(arrays: Sequence[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.concatenate(arrays).astype(np.int64))
