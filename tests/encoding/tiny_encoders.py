"""Randomly initialised encoders of every family with their tokenizers, small enough to make for a test."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import tiny_tokenizers
import torch
from torch import Tensor
from transformers import (
    AlbertConfig,
    AlbertModel,
    BertConfig,
    BertModel,
    DebertaConfig,
    DebertaModel,
    DebertaV2Config,
    DebertaV2Model,
    DistilBertConfig,
    DistilBertModel,
    ElectraConfig,
    ElectraModel,
    ModernBertConfig,
    ModernBertModel,
    MPNetConfig,
    MPNetModel,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    RobertaConfig,
    RobertaModel,
    XLNetConfig,
    XLNetModel,
)

from glre.documents.document import Document, Sentence
from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.tokenization.subword_batch import subword_batch
from glre.encoding.transformer.pretrained import Pretrained
from glre.encoding.transformer.word_states import WordStates
from glre.settings import PretrainedEncoder

WINDOW = 22
"""Subwords that a window of every tiny encoder but XLNet holds, besides two special tokens."""
SIZES: dict[str, Any] = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
RELATIVE: dict[str, Any] = {"relative_attention": True, "position_biased_input": False, "type_vocab_size": 0}


def text(*sentences: str, name: str = "1") -> Document:
    """A document of these sentences, whose words stand between spaces."""
    return Document(name, "", None, tuple(Sentence(tuple(sentence.split(" "))) for sentence in sentences), ())


def settings(folder: Path | str, layers: Sequence[int] = (0, 1, -1), precision: str = "float32") -> PretrainedEncoder:
    return PretrainedEncoder.model_validate(
        {"kind": "pretrained", "name": str(folder), "layers": tuple(layers), "precision": precision}
    )


def frozen(folder: Path, layers: Sequence[int] = (0, 1, -1), tokens_per_batch: int = 4096) -> FrozenEncoder:
    return FrozenEncoder(settings(folder, layers), tokens_per_batch)


def plain_states(pretrained: Pretrained, *sentences: str) -> Tensor:
    """Word states `[words, layers, width]` of one document."""
    batch = subword_batch([pretrained.subwords(text(*sentences))], pretrained.special)
    with torch.inference_mode():
        states: Tensor = WordStates(pretrained).eval()(batch)
    return states


def bert_tokenizer() -> PreTrainedTokenizerBase:
    return tiny_tokenizers.bert(WINDOW + 2)


def bert(folder: Path, **changes: Any) -> Path:
    tokenizer = bert_tokenizer()
    return _saved(tokenizer, BertModel(BertConfig(**_sizes(tokenizer, changes))), folder)


def roberta(folder: Path, **changes: Any) -> Path:
    """The limit follows from the positions, numbered from the padding id on."""
    tokenizer = tiny_tokenizers.roberta()
    sizes = _sizes(tokenizer, {"max_position_embeddings": WINDOW + 4, "type_vocab_size": 1} | changes)
    return _saved(tokenizer, RobertaModel(RobertaConfig(**sizes)), folder)


def xlnet(
    folder: Path, names: Sequence[str] = ("input_ids", "token_type_ids", "attention_mask"), **changes: Any
) -> Path:
    """`names` are the model's inputs."""
    tokenizer = tiny_tokenizers.xlnet(list(names))
    sizes = {"vocab_size": len(tokenizer), "d_model": 8, "n_layer": 2, "n_head": 2, "d_inner": 16} | changes
    return _saved(tokenizer, XLNetModel(XLNetConfig(**sizes)), folder)


def albert(folder: Path, **changes: Any) -> Path:
    """One layer, passed through twice; embeddings narrower than the layer."""
    tokenizer = tiny_tokenizers.albert()
    sizes = _sizes(tokenizer, {"embedding_size": 4, "hidden_dropout_prob": 0.1} | changes)
    return _saved(tokenizer, AlbertModel(AlbertConfig(**sizes)), folder)


def electra(folder: Path, **changes: Any) -> Path:
    """Embeddings narrower than the layers."""
    tokenizer = bert_tokenizer()
    return _saved(tokenizer, ElectraModel(ElectraConfig(**_sizes(tokenizer, {"embedding_size": 4} | changes))), folder)


def deberta(folder: Path, **changes: Any) -> Path:
    """Relative positions alone."""
    tokenizer = tiny_tokenizers.deberta()
    sizes = _sizes(tokenizer, RELATIVE | {"pos_att_type": ["c2p", "p2c"]} | changes)
    return _saved(tokenizer, DebertaModel(DebertaConfig(**sizes)), folder)


def deberta_v2(folder: Path, **changes: Any) -> Path:
    """Relative positions in buckets, and a convolution behind the first layer."""
    tokenizer = tiny_tokenizers.deberta_v2()
    own = {"pos_att_type": ["c2p", "p2c"], "position_buckets": 4, "norm_rel_ebd": "layer_norm", "share_att_key": True}
    sizes = _sizes(tokenizer, RELATIVE | own | {"conv_kernel_size": 3} | changes)
    return _saved(tokenizer, DebertaV2Model(DebertaV2Config(**sizes)), folder)


def modernbert(folder: Path, **changes: Any) -> Path:
    """Rotary positions, one layer of two that sees only neighbours, and a norm behind the last layer."""
    tokenizer = tiny_tokenizers.modernbert()
    named = {"cls_token_id": tokenizer.cls_token_id, "sep_token_id": tokenizer.sep_token_id}
    own = {"bos_token_id": None, "eos_token_id": None, "local_attention": 4, "mlp_dropout": 0.1}
    sizes = _sizes(tokenizer, named | own | changes)
    return _saved(tokenizer, ModernBertModel(ModernBertConfig(**sizes)), folder)


def mpnet(folder: Path, **changes: Any) -> Path:
    """Absolute positions, numbered from the padding id on, and relative ones."""
    tokenizer = tiny_tokenizers.mpnet()
    sizes = _sizes(tokenizer, {"max_position_embeddings": WINDOW + 4} | changes)
    return _saved(tokenizer, MPNetModel(MPNetConfig(**sizes)), folder)


def distilbert(folder: Path, **changes: Any) -> Path:
    tokenizer = tiny_tokenizers.distilbert()
    sizes = {"dim": 8, "n_layers": 2, "n_heads": 2, "hidden_dim": 16, "max_position_embeddings": WINDOW + 2} | changes
    config = DistilBertConfig(vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id, **sizes)
    return _saved(tokenizer, DistilBertModel(config), folder)


FAMILIES: dict[str, Callable[..., Path]] = {
    "bert": bert,
    "roberta": roberta,
    "xlnet": xlnet,
    "albert": albert,
    "electra": electra,
    "deberta": deberta,
    "deberta_v2": deberta_v2,
    "modernbert": modernbert,
    "mpnet": mpnet,
    "distilbert": distilbert,
}


def _sizes(tokenizer: PreTrainedTokenizerBase, changes: dict[str, Any]) -> dict[str, Any]:
    named = {"vocab_size": len(tokenizer), "pad_token_id": tokenizer.pad_token_id}
    return named | SIZES | {"max_position_embeddings": WINDOW + 2} | changes


def _saved(tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel, folder: Path) -> Path:
    generator = torch.Generator().manual_seed(0)
    for parameter in model.parameters():
        # Far larger than usual, so that states depend on their surroundings.
        parameter.data = torch.randn(parameter.shape, generator=generator) * 0.5
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
