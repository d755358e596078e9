"""The windows of several documents as tensors: tables of like lengths, and the word of each of their subwords."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from glre.encoding.tokenization.subwords import SpecialTokens, Subwords
from glre.encoding.tokenization.windows import Window

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class WindowTable:
    """Windows of like length, padded to the longest.

    `ids`, `mask` and, where the model takes them, token `types` are `[windows, longest]`. For every subword of the
    windows' text, `place [subwords]` is where it stands in the flattened table, `word [subwords]` its word's number in
    the batch.
    """

    ids: Tensor
    mask: Tensor
    types: Tensor | None
    place: Tensor
    word: Tensor

    def to(self, device: torch.device) -> "WindowTable":
        """The same table on `device`."""
        types = None if self.types is None else moved(self.types, device)
        ids, mask, place, word = (moved(tensor, device) for tensor in (self.ids, self.mask, self.place, self.word))
        return WindowTable(ids, mask, types, place, word)


@dataclass(frozen=True, slots=True)
class SubwordBatch:
    """All windows of some documents, and how many subwords each of their words has, `lengths [words]`.

    Words are numbered through, one document after the other; a word may lie in several windows.
    """

    tables: tuple[WindowTable, ...]
    lengths: Tensor

    @property
    def words(self) -> int:
        """Number of words in all documents."""
        return self.lengths.shape[0]

    def to(self, device: torch.device) -> "SubwordBatch":
        """The same batch on `device`."""
        if device.type == "cpu":
            return self
        return SubwordBatch(tuple(table.to(device) for table in self.tables), moved(self.lengths, device))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A window's subwords, and the number in the batch of the word that each is part of."""

    ids: Numbers
    word: Numbers


def subword_batch(documents: Sequence[Subwords], special: SpecialTokens, tokens_per_table: int = 4096) -> SubwordBatch:
    """The documents' windows by length, in tables of at most `tokens_per_table` subwords, padding counted.

    So that one long document does not pad all others. A window that is longer by itself has a table of its own.
    """
    pieces = []
    first = 0
    for document in documents:
        pieces += [_piece(document, window, first) for window in document.windows]
        first += document.words
    word = np.concatenate([np.zeros(0, dtype=np.int64), *(piece.word for piece in pieces)])
    return SubwordBatch(
        tables=tuple(_table(rows, special) for rows in _rows_of_tables(pieces, tokens_per_table)),
        lengths=torch.from_numpy(np.bincount(word, minlength=first)),
    )


def _piece(document: Subwords, window: Window, first: int) -> _Piece:
    part = slice(window.start, window.stop)
    return _Piece(document.ids[part], document.word[part] + first)


def _rows_of_tables(pieces: Sequence[_Piece], tokens: int) -> list[list[_Piece]]:
    tables: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: len(piece.ids)):
        if not tables or (len(tables[-1]) + 1) * len(piece.ids) > tokens:
            tables.append([])
        tables[-1].append(piece)
    return tables


def _table(rows: Sequence[_Piece], special: SpecialTokens) -> WindowTable:
    longest = len(rows[-1].ids) + special.count
    ids = np.full((len(rows), longest), special.padding)
    types = np.zeros_like(ids)
    mask = np.zeros_like(ids)
    places = []
    for number, row in enumerate(rows):
        length = len(row.ids) + special.count
        left = longest - length if special.pads_left else 0
        filled = (number, slice(left, left + length))
        ids[filled] = [*special.before, *row.ids, *special.after]
        types[filled] = [*special.before_types, *[special.text_type] * len(row.ids), *special.after_types]
        mask[filled] = 1
        start = number * longest + left + len(special.before)
        places.append(np.arange(start, start + len(row.ids)))
    return WindowTable(
        ids=torch.from_numpy(ids),
        mask=torch.from_numpy(mask),
        types=torch.from_numpy(types) if special.has_types else None,
        place=torch.from_numpy(np.concatenate(places)),
        word=torch.from_numpy(np.concatenate([row.word for row in rows])),
    )


def moved(tensor: Tensor, device: torch.device) -> Tensor:
    """The tensor on `device`; to a GPU it is copied while the program goes on."""
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)
