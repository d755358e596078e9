"""Documents as the inputs of a trained model: through its frozen encoder, as subwords, or as numbers of words."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from glre.documents.document import Document
from glre.encoding.frozen.frozen_encoder import FrozenEncoder, blocks_by_length
from glre.encoding.transformer.location import encoder_identity, encoder_source
from glre.encoding.word_inputs import WordInputs, state_inputs, subword_inputs, word_numbers
from glre.errors import InputError
from glre.settings import Arithmetic, WordVectors
from glre.systems.trained import TrainedModel


class InputMaker:
    """Makes inputs for one model. Raises InputError where its encoder is not the one that it was trained with."""

    def __init__(self, model: TrainedModel, folder: Path, precision: Arithmetic) -> None:
        self._pretrained = model.pretrained
        self._words = {word: number for number, word in enumerate(model.settings.vocabulary, start=1)}
        self._encoder: FrozenEncoder | None = None
        encoder = model.settings.encoder
        if isinstance(encoder, WordVectors) or model.pretrained is not None:
            return
        identity = encoder_identity(encoder)
        if identity != model.settings.encoder_identity:
            raise InputError(
                f"{folder}, encoder {encoder_source(encoder)}",
                identity,
                f"the one that the model was trained with, {model.settings.encoder_identity}",
            )
        self._encoder = FrozenEncoder(encoder.model_copy(update={"precision": precision}))

    @property
    def bytes_per_word(self) -> int:
        """Of a frozen encoder's states; 0 where there are none to keep."""
        return 0 if self._encoder is None else 2 * len(self._encoder.layers) * self._encoder.width

    def __call__(self, documents: Sequence[Document]) -> WordInputs:
        """The inputs of one or more documents."""
        if self._pretrained is not None:
            return subword_inputs(self._pretrained, documents)
        if self._encoder is None:
            return word_numbers(documents, self._words)
        return state_inputs(frozen_states(self._encoder, documents), documents)


def frozen_states(
    encoder: FrozenEncoder, documents: Sequence[Document]
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float16]]":
    """Hidden states `[words, layers, width]`, from the same blocks as `write_features` makes of the same documents."""
    starts = np.cumsum([0, *(document.words for document in documents)])
    subwords = [encoder.subwords(document) for document in documents]
    states = np.empty((starts[-1], len(encoder.layers), encoder.width), dtype=np.float16)
    for block in blocks_by_length(subwords):
        for number, rows in zip(block, encoder.encode([subwords[place] for place in block]), strict=True):
            states[starts[number] : starts[number + 1]] = rows
    return states
