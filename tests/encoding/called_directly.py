"""Word states as transformers alone gives them: one text, without padding, windows or alignment of ours."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from glre.documents.document import Document


def words(document: Document) -> list[str]:
    return [word for sentence in document.sentences for word in sentence.words]


def loaded(folder: Path) -> tuple[nn.Module, Any]:
    """Model and tokenizer of a folder."""
    return AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder, add_prefix_space=True)


def word_states(model: nn.Module, tokenizer: Any, text_words: Sequence[str]) -> Tensor:
    """All layers' states of the words of one text `[words, layers, width]`, by where each subword's characters are.

    For words of plain letters, of which no tokenizer changes the number of characters.
    """
    # Byte-level tokenizers take the first word for another one unless a space is before it as well.
    text = "".join(f" {word}" for word in text_words)
    encoded = tokenizer(text, return_tensors="pt", return_offsets_mapping=True, return_special_tokens_mask=True)
    starts = encoded.pop("offset_mapping")[0, :, 0]
    of_text = encoded.pop("special_tokens_mask")[0] == 0
    states = torch.stack(model(**encoded, output_hidden_states=True).hidden_states, dim=2)[0]
    means, space = [], 0
    for word in text_words:
        following = space + 1 + len(word)
        means.append(states[of_text & (starts >= space) & (starts < following)].mean(0))
        space = following
    return torch.stack(means)


def states_of(folder: Path, text_words: Sequence[str]) -> Tensor:
    """The same from a folder, without gradients."""
    with torch.inference_mode():
        return word_states(*loaded(folder), text_words)
