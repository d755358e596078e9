"""Words to subwords, with the special tokens and sizes that the tokenizer itself names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from glre.documents.document import Document
from glre.encoding.tokenization.windows import Window, windows
from glre.errors import InputError


@dataclass(frozen=True, slots=True)
class Subwords:
    """A document's subwords: ids `[subwords]`, the word each belongs to `[subwords]`, and the windows over them."""

    ids: npt.NDArray[np.int64]
    word: npt.NDArray[np.int64]
    words: int
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """What a tokenizer puts before and after a text, learned from an example rather than assumed to be BERT's.

    `..._type(s)` are token type ids, which count where `has_types`. `padding` fills a shorter text up, on the left
    where `pads_left`.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    before_types: tuple[int, ...]
    text_type: int
    after_types: tuple[int, ...]
    has_types: bool
    padding: int
    pads_left: bool

    @property
    def count(self) -> int:
        """How many subwords of a window they take."""
        return len(self.before) + len(self.after)


def special_tokens(tokenizer: Any, padding: int = 0) -> SpecialTokens:
    """The special tokens around a text, found by encoding one with and without them.

    `padding` is the id that the model takes for padding, which counts where the tokenizer has none.
    """
    probe = "a"
    plain = list(tokenizer(probe, add_special_tokens=False)["input_ids"])
    encoded = tokenizer(probe, return_token_type_ids=True)
    full, types = list(encoded["input_ids"]), list(encoded["token_type_ids"])
    start = next(i for i in range(len(full)) if full[i : i + len(plain)] == plain)
    stop = start + len(plain)
    return SpecialTokens(
        before=tuple(full[:start]),
        after=tuple(full[stop:]),
        before_types=tuple(types[:start]),
        text_type=types[start],
        after_types=tuple(types[stop:]),
        has_types="token_type_ids" in tokenizer.model_input_names,
        padding=padding if tokenizer.pad_token_id is None else int(tokenizer.pad_token_id),
        pads_left=tokenizer.padding_side == "left",
    )


def set_words_apart(tokenizer: Any) -> None:
    """Make a tokenizer read each word of a list as it reads a word behind a space.

    Byte-level tokenizers (ModernBERT) else run the words of a list together: the space is part of their subwords.
    """
    from tokenizers import normalizers

    listed = tokenizer(["a", "a"], is_split_into_words=True, add_special_tokens=False)
    if listed["input_ids"] != tokenizer("a a", add_special_tokens=False)["input_ids"]:
        backend, space = tokenizer.backend_tokenizer, normalizers.Prepend(" ")
        before = [] if backend.normalizer is None else [backend.normalizer]
        backend.normalizer = normalizers.Sequence([*before, space])


def subwords(document: Document, tokenizer: Any, limit: int) -> Subwords:
    """Split each word of `document` into subwords; windows hold at most `limit` of them.

    A word of which the tokenizer leaves nothing (a lone control character, say) becomes its unknown token, so that
    every word has a subword. Raises InputError, naming the document, where the tokenizer fails.
    """
    words = [word for sentence in document.sentences for word in sentence.words]
    try:
        encoded = tokenizer(words, is_split_into_words=True, add_special_tokens=False, truncation=False, verbose=False)
    except Exception as error:  # no class of its own: of a tokenizer without an unknown token, say
        found = f"words that the encoder's tokenizer can't split ({' '.join(str(error).split())[:200]})"
        raise InputError(f"document {document.id!r}", found, "a tokenizer that can split any word") from None
    ids, of_word = _with_every_word(encoded["input_ids"], encoded.word_ids(), len(words), _unknown(tokenizer))
    per_word = np.bincount(of_word, minlength=len(words))
    lengths, position = [], 0
    for sentence in document.sentences:
        lengths.append(per_word[position : position + len(sentence.words)].tolist())
        position += len(sentence.words)
    return Subwords(ids, of_word, len(words), windows(lengths, limit))


def _with_every_word(
    ids: Sequence[int], word_ids: Sequence[int | None], words: int, unknown: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    subword_ids = np.asarray(ids, dtype=np.int64)
    of_word = np.asarray(word_ids, dtype=np.int64)
    missing = np.setdiff1d(np.arange(words), of_word)
    if missing.size:
        subword_ids = np.concatenate([subword_ids, np.full(missing.size, unknown)])
        of_word = np.concatenate([of_word, missing])
        order = np.argsort(of_word, kind="stable")
        subword_ids, of_word = subword_ids[order], of_word[order]
    return subword_ids, of_word


def _unknown(tokenizer: Any) -> int:
    """The unknown token; of tokenizers without one, what comes nearest to saying nothing."""
    named = (tokenizer.unk_token_id, tokenizer.mask_token_id, tokenizer.pad_token_id, *tokenizer.all_special_ids)
    return int(next((token for token in named if token is not None), 0))
