"""The frozen encoder as it is run when nobody thinks of it: in every step, every text padded to the full window."""

from collections.abc import Sequence

import torch
from torch import Tensor

from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.tokenization.subwords import Subwords


class PlainEncoder:
    """Documents' subwords → word states, over the windows of `encoder`, each padded to the longest there can be.

    For encoders like BERT, which pad on the right and take token type 0 for a single text.
    """

    def __init__(self, encoder: FrozenEncoder) -> None:
        self._model = encoder.model
        self._layers = encoder.layers
        self._special = encoder.special
        self._length = encoder.limit + encoder.special.count
        self._padding = int(encoder.tokenizer.pad_token_id)

    @torch.no_grad()
    def states(self, documents: Sequence[Subwords]) -> list[Tensor]:
        """`[words, layers, width]` of each document."""
        before, after = list(self._special.before), list(self._special.after)
        windows = [(document, window) for document in documents for window in document.windows]
        ids = torch.full((len(windows), self._length), self._padding)
        mask = torch.zeros_like(ids)
        for row, (document, window) in enumerate(windows):
            text = [*before, *document.ids[window.start : window.stop].tolist(), *after]
            ids[row, : len(text)] = torch.tensor(text)
            mask[row, : len(text)] = 1
        output = self._model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        hidden = torch.stack([output.hidden_states[layer] for layer in self._layers], dim=2)
        rows = iter(hidden)
        states = []
        for document in documents:
            subwords = torch.cat([next(rows)[len(before) : len(before) + window.length] for window in document.windows])
            words = torch.from_numpy(document.word)
            sums = torch.zeros(document.words, *subwords.shape[1:]).index_add(0, words, subwords)
            states.append(sums / torch.bincount(words, minlength=document.words).view(-1, 1, 1))
        return states
