"""The encoding layer's pre-trained encoder (section 3.1): hidden states of every word of a document, frozen."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch

from glre.documents.document import Document
from glre.encoding.tokenization.subword_batch import subword_batch
from glre.encoding.tokenization.subwords import Subwords
from glre.encoding.transformer.bfloat16 import prepare_for_bfloat16
from glre.encoding.transformer.pretrained import load_pretrained
from glre.encoding.transformer.word_states import WordStates
from glre.errors import InputError
from glre.settings import PretrainedEncoder

SUBWORDS_PER_BLOCK = 32_768
_SUBWORDS_PER_TABLE = 4096
_CACHED_SUBWORDS_PER_TABLE = 1024
"""On a processor in bfloat16, so that a layer's intermediate results stay in its cache."""
_SUBWORDS_AT_ONCE = 65_536
"""Of documents whose states are on the device together."""


class FrozenEncoder:
    """A transformers encoder that turns documents into word states `[words, layers, width]`.

    A word's state is the mean over all of its subwords. Raises InputError where the encoder can't be loaded.
    """

    def __init__(self, settings: PretrainedEncoder, tokens_per_batch: int | None = None) -> None:
        self._pretrained = load_pretrained(settings)
        self.settings = settings
        self.tokenizer = self._pretrained.tokenizer
        self.special = self._pretrained.special
        self.limit = self._pretrained.limit
        self.layers = self._pretrained.layers
        self.width = self._pretrained.width
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = self._pretrained.model
        self._states = WordStates(self._pretrained).requires_grad_(False).to(self.device)
        usual = _SUBWORDS_PER_TABLE
        if settings.precision == "bfloat16" and self.device.type == "cpu":
            prepare_for_bfloat16(self.model)
            usual = _CACHED_SUBWORDS_PER_TABLE
        self._tokens_per_batch = usual if tokens_per_batch is None else tokens_per_batch

    def subwords(self, document: Document) -> Subwords:
        """Subwords and windows of a document for this encoder."""
        return self._pretrained.subwords(document)

    def states(self, documents: Sequence[Document]) -> npt.NDArray[np.float16]:
        """Word states `[words, layers, width]` of all documents, from the same blocks as `write_features`."""
        starts = np.cumsum([0, *(document.words for document in documents)])
        subwords = [self.subwords(document) for document in documents]
        states = np.empty((starts[-1], len(self.layers), self.width), dtype=np.float16)
        for block in blocks_by_length(subwords):
            for number, rows in zip(block, self.encode([subwords[place] for place in block]), strict=True):
                states[starts[number] : starts[number + 1]] = rows
        return states

    def encode(self, documents: Sequence[Subwords]) -> list[npt.NDArray[np.float16]]:
        """Word states of each document, `[words, layers, width]` in half precision."""
        return [states for group in _groups(documents) for states in self._encode(group)]

    @torch.inference_mode()
    def _encode(self, documents: Sequence[Subwords]) -> list[npt.NDArray[np.float16]]:
        batch = subword_batch(documents, self.special, self._tokens_per_batch)
        states = self._states(batch.to(self.device)).to(torch.float16).cpu()
        if not torch.isfinite(states).all():
            raise InputError("the encoder", "hidden states that half precision can't hold", "finite states")
        return [part.numpy() for part in states.split([document.words for document in documents])]


def _groups(documents: Sequence[Subwords]) -> Iterator[list[Subwords]]:
    group: list[Subwords] = []
    size = 0
    for document in documents:
        if group and size + len(document.ids) > _SUBWORDS_AT_ONCE:
            yield group
            group, size = [], 0
        group.append(document)
        size += len(document.ids)
    if group:
        yield group


def blocks_by_length(subwords: Sequence[Subwords], tokens: int = SUBWORDS_PER_BLOCK) -> list[list[int]]:
    """Documents, by their numbers, cut by length into blocks of about `tokens`: like lengths waste little padding.

    Half precision keeps of a state what rounding leaves, and other company in a table can tip it over: the same
    documents in the same blocks give the same states to the last bit.
    """
    blocks: list[list[int]] = []
    size = tokens
    for document in sorted(range(len(subwords)), key=lambda number: len(subwords[number].ids)):
        if size >= tokens:
            blocks.append([])
            size = 0
        blocks[-1].append(document)
        size += len(subwords[document].ids)
    return blocks
