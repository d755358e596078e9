"""Prediction the obvious way: one document at a time, transformers as it comes."""

from collections.abc import Iterator, Sequence

import torch

from glre.documents.document import Document
from glre.encoding.transformer.location import encoder_source
from glre.encoding.word_inputs import StateInputs
from glre.settings import PretrainedEncoder
from glre.systems.glre.glre import GLRE
from glre.systems.split import make_split
from glre.systems.trained import TrainedModel


class PlainPredictor:
    """The same trained GLRE over a whole encoder in float32, cut at its window, a document at a time."""

    def __init__(self, model: TrainedModel) -> None:
        from transformers import AutoModel, AutoTokenizer

        encoder = model.settings.words.encoder
        if not isinstance(encoder, PretrainedEncoder):
            raise TypeError("a model with a pretrained encoder is needed")
        source = encoder_source(encoder)
        self._tokenizer = AutoTokenizer.from_pretrained(source)
        self._encoder = AutoModel.from_pretrained(source).eval()
        self._model = model
        self._layers = encoder.layers

    @torch.inference_mode()
    def scores(self, documents: Sequence[Document]) -> Iterator[torch.Tensor]:
        """Probabilities `[pairs, relations]` of each document in turn."""
        settings = self._model.settings
        for document in documents:
            states = self._states(document)
            inputs = StateInputs(states.half().numpy(), torch.tensor([0, document.words]).numpy())
            split = make_split(GLRE, [document], inputs, settings.candidates, settings.relations)
            batch = split.batch([0])
            yield self._model.scorer(batch.inputs, batch.collated).sigmoid()

    def _states(self, document: Document) -> torch.Tensor:
        """The mean over each word's subwords `[words, layers, width]`, zeros behind the window."""
        words = [word for sentence in document.sentences for word in sentence.words]
        encoded = self._tokenizer(words, is_split_into_words=True, truncation=True, return_tensors="pt")
        hidden = self._encoder(**encoded, output_hidden_states=True).hidden_states
        stacked = torch.stack([hidden[layer][0] for layer in self._layers], dim=1)
        numbers = encoded.word_ids()
        kept = [place for place, word in enumerate(numbers) if word is not None]
        word = torch.tensor([numbers[place] for place in kept])
        sums = torch.zeros(len(words), *stacked.shape[1:]).index_add_(0, word, stacked[kept])
        counts = torch.bincount(word, minlength=len(words)).clamp(min=1)
        return sums / counts.view(-1, 1, 1)
