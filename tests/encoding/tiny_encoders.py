"""Randomly initialised encoders of three families with their tokenizers, small enough to make for a test."""

from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import ByteLevelBPETokenizer
from transformers import (
    BertConfig,
    BertModel,
    BertTokenizerFast,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    RobertaConfig,
    RobertaModel,
    RobertaTokenizerFast,
    XLNetConfig,
    XLNetModel,
    XLNetTokenizerFast,
)

from glre.documents import Document, Sentence
from glre.encoding.encoder import FrozenEncoder
from glre.settings import PretrainedEncoder

WINDOW = 22
"""Subwords that a window of the tiny BERT and RoBERTa holds, besides two special tokens."""
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,()-"
WORDS = ("asthma", "drug", "the", "was", "severe")
SIZES = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}


def text(*sentences: str, name: str = "1") -> Document:
    """A document of these sentences, whose words stand between spaces."""
    return Document(name, "", None, tuple(Sentence(tuple(sentence.split(" "))) for sentence in sentences), ())


def settings(folder: Path | str, layers: Sequence[int] = (0, 1, -1), precision: str = "float32") -> PretrainedEncoder:
    return PretrainedEncoder.model_validate(
        {"kind": "pretrained", "name": str(folder), "layers": tuple(layers), "precision": precision}
    )


def frozen(folder: Path, layers: Sequence[int] = (0, 1, -1), tokens_per_batch: int = 4096) -> FrozenEncoder:
    return FrozenEncoder(settings(folder, layers), tokens_per_batch)


def bert_tokenizer() -> PreTrainedTokenizerBase:
    """WordPiece, lower-cased: whole words, letters, and letters inside a word."""
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    return BertTokenizerFast(vocab={piece: number for number, piece in enumerate(pieces)}, model_max_length=WINDOW + 2)


def bert(folder: Path) -> Path:
    tokenizer = bert_tokenizer()
    return _saved(
        tokenizer, BertModel(BertConfig(vocab_size=len(tokenizer), **SIZES, max_position_embeddings=WINDOW + 2)), folder
    )


def roberta(folder: Path) -> Path:
    """Byte-level BPE; says nothing of its limit, which follows from its positions, numbered from the padding id on."""
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator([" ".join(WORDS)] * 4, vocab_size=300, show_progress=False, special_tokens=special)
    folder.mkdir(parents=True)
    vocabulary, merges = trained.save_model(str(folder), "bpe")
    tokenizer = RobertaTokenizerFast(vocab=vocabulary, merges=merges)
    for file in (vocabulary, merges):
        Path(file).unlink()
    config = RobertaConfig(
        vocab_size=len(tokenizer), **SIZES, max_position_embeddings=WINDOW + 4, pad_token_id=1, type_vocab_size=1
    )
    return _saved(tokenizer, RobertaModel(config), folder)


def xlnet(folder: Path, names: Sequence[str] = ("input_ids", "token_type_ids", "attention_mask")) -> Path:
    """Unigram pieces; special tokens at the end, padding at the start, no limit. `names` are the model's inputs."""
    pieces = [
        *((piece, 0.0) for piece in ("<unk>", "<s>", "</s>", "<cls>", "<sep>", "<pad>", "<mask>")),
        ("▁", -2.0),
        *((letter, -5.0) for letter in LETTERS),
        *((f"▁{word}", -1.0) for word in WORDS),
    ]
    tokenizer = XLNetTokenizerFast(vocab=pieces, model_input_names=list(names))
    return _saved(
        tokenizer,
        XLNetModel(XLNetConfig(vocab_size=len(tokenizer), d_model=8, n_layer=2, n_head=2, d_inner=16)),
        folder,
    )


FAMILIES = {"bert": bert, "roberta": roberta, "xlnet": xlnet}


def _saved(tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel, folder: Path) -> Path:
    generator = torch.Generator().manual_seed(0)
    for parameter in model.parameters():
        # Far larger than usual, so that states depend on their surroundings.
        parameter.data = torch.randn(parameter.shape, generator=generator) * 0.5
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
