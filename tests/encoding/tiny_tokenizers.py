"""Tokenizers of every kind that published encoders come with, of so few subwords that a test can make them."""

import json

from tokenizers import ByteLevelBPETokenizer, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    AlbertTokenizerFast,
    BertTokenizerFast,
    DebertaTokenizerFast,
    DebertaV2TokenizerFast,
    DistilBertTokenizerFast,
    MPNetTokenizerFast,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    RobertaTokenizerFast,
    XLNetTokenizerFast,
)

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,()-"
WORDS = ("asthma", "drug", "the", "was", "severe")


def bert(model_max_length: int) -> PreTrainedTokenizerBase:
    """WordPiece, lower-cased: whole words, letters, and letters inside a word."""
    return BertTokenizerFast(vocab=_word_pieces("[PAD] [UNK] [CLS] [SEP] [MASK]"), model_max_length=model_max_length)


def distilbert() -> PreTrainedTokenizerBase:
    return DistilBertTokenizerFast(vocab=_word_pieces("[PAD] [UNK] [CLS] [SEP] [MASK]"))


def mpnet() -> PreTrainedTokenizerBase:
    """WordPiece between the special tokens of RoBERTa."""
    return MPNetTokenizerFast(vocab=_word_pieces("<s> <pad> </s> [UNK] <mask>"))


def roberta() -> PreTrainedTokenizerBase:
    """Byte-level BPE; says nothing of its limit."""
    vocabulary, merges = _byte_pairs("<s> <pad> </s> <unk> <mask>")
    return RobertaTokenizerFast(vocab=vocabulary, merges=merges)


def deberta() -> PreTrainedTokenizerBase:
    vocabulary, merges = _byte_pairs("[CLS] [PAD] [SEP] [UNK] [MASK]")
    return DebertaTokenizerFast(vocab=vocabulary, merges=merges)


def modernbert() -> PreTrainedTokenizerBase:
    """Byte-level BPE of a general class, which knows no `add_prefix_space`."""
    vocabulary, merges = _byte_pairs("[UNK] [CLS] [SEP] [PAD] [MASK]")
    backend = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    backend.normalizer = normalizers.NFC()
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(token, vocabulary[token]) for token in ("[CLS]", "[SEP]")]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        mask_token="[MASK]",
    )


def xlnet(model_input_names: list[str]) -> PreTrainedTokenizerBase:
    """Unigram pieces; special tokens at the end, padding at the start, no limit."""
    pieces = _unigrams("<unk> <s> </s> <cls> <sep> <pad> <mask>")
    return XLNetTokenizerFast(vocab=pieces, model_input_names=model_input_names)


def albert() -> PreTrainedTokenizerBase:
    """Unigram pieces, lower-cased."""
    return AlbertTokenizerFast(vocab=_unigrams("<pad> <unk> [CLS] [SEP] [MASK]"))


def deberta_v2() -> PreTrainedTokenizerBase:
    return DebertaV2TokenizerFast(vocab=_unigrams("[PAD] [CLS] [SEP] [UNK] [MASK]"))


def _word_pieces(special: str) -> dict[str, int]:
    pieces = [*special.split(), *WORDS, *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    return {piece: number for number, piece in enumerate(pieces)}


def _unigrams(special: str) -> list[tuple[str, float]]:
    return [
        *((piece, 0.0) for piece in special.split()),
        ("▁", -2.0),
        *((letter, -5.0) for letter in LETTERS),
        *((f"▁{word}", -1.0) for word in WORDS),
    ]


def _byte_pairs(special: str) -> tuple[dict[str, int], list[tuple[str, str]]]:
    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(
        [" ".join(WORDS)] * 4, vocab_size=300, show_progress=False, special_tokens=special.split()
    )
    model = json.loads(trained.to_str())["model"]
    return model["vocab"], [(first, second) for first, second in model["merges"]]
