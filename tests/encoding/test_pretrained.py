import shutil
from pathlib import Path

import pytest
import tiny_tokenizers
import torch
from called_directly import states_of
from encoder_folders import copied, no_tokenizer
from safetensors.torch import load_file, save_file
from tiny_encoders import FAMILIES, SIZES, WINDOW, bert_tokenizer, plain_states, settings, text
from transformers import (
    AutoModel,
    BertConfig,
    BertForMaskedLM,
    BertModel,
    ModernBertConfig,
    ModernBertModel,
    PreTrainedTokenizerFast,
)

from glre.encoding.tokenization.subword_batch import subword_batch
from glre.encoding.transformer.pretrained import (
    counted_layers,
    load_pretrained,
    rebuild_pretrained,
    save_architecture,
)
from glre.encoding.transformer.word_states import WordStates
from glre.errors import InputError

SENTENCE = "the drug was severe"
WORDS = SENTENCE.split(" ")
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


@pytest.mark.parametrize("deepest", [0, 1, 2, 3])
def test_layers_that_nothing_reads_are_not_there(
    tmp_path: Path, deepest: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of a model that normalises after its last layer, which must not become that of another."""
    bert_tokenizer().save_pretrained(tmp_path)
    sizes = SIZES | {"num_hidden_layers": 3}
    config = ModernBertConfig(vocab_size=len(bert_tokenizer()), **sizes, pad_token_id=0, bos_token_id=2, eos_token_id=3)
    ModernBertModel(config).save_pretrained(tmp_path)
    capfd.readouterr()
    pretrained = load_pretrained(settings(tmp_path, (deepest,)))
    assert capfd.readouterr() == ("", "")
    names = [name for name, _ in pretrained.model.named_parameters()]
    assert {name.split(".")[1] for name in names if name.startswith("layers.")} == set("012"[: max(deepest, 1)])
    assert any(name.startswith("final_norm") for name in names) == (deepest in (0, 3))
    assert pretrained.config.num_hidden_layers == 3
    torch.testing.assert_close(plain_states(pretrained, SENTENCE), states_of(tmp_path, WORDS)[:, [deepest]], **CLOSE)


@pytest.mark.parametrize("deepest", [1, 2, 3, 4])
def test_layers_in_several_groups_stay_in_theirs(tmp_path: Path, deepest: int) -> None:
    """ALBERT deals its layers out to groups by how many layers there are."""
    FAMILIES["albert"](tmp_path, num_hidden_layers=4, num_hidden_groups=2)
    pretrained = load_pretrained(settings(tmp_path, (deepest,)))
    expected = states_of(tmp_path, WORDS)[:, [deepest]]
    torch.testing.assert_close(plain_states(pretrained, SENTENCE), expected, **CLOSE)
    asking = {name for name, parameter in WordStates(pretrained).named_parameters() if parameter.requires_grad}
    assert any("layer_groups.1" in name for name in asking) == (deepest > 2)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_pooler_is_neither_needed_nor_there(tmp_path: Path, folders: dict[str, Path], family: str) -> None:
    """Published encoders often come without it, and no hidden state passes through it."""
    folder = copied(folders[family], tmp_path / family)
    file = folder / "model.safetensors"
    weights = {name: tensor for name, tensor in load_file(file).items() if not name.startswith("pooler.")}
    save_file(weights, file, metadata={"format": "pt"})
    pretrained, whole = load_pretrained(settings(folder)), load_pretrained(settings(folders[family]))
    assert not any("pooler" in name for name in whole.model.state_dict())
    assert torch.equal(plain_states(pretrained, SENTENCE), plain_states(whole, SENTENCE))


@pytest.mark.parametrize("family", ["bert", "deberta_v2"])
def test_weights_in_half_precision_become_single(tmp_path: Path, folders: dict[str, Path], family: str) -> None:
    AutoModel.from_pretrained(folders[family]).half().save_pretrained(tmp_path)
    for file in folders[family].glob("tokenizer*"):
        shutil.copy(file, tmp_path)
    pretrained = load_pretrained(settings(tmp_path))
    assert {parameter.dtype for parameter in pretrained.model.parameters()} == {torch.float32}
    exact = plain_states(load_pretrained(settings(folders[family])), SENTENCE)
    torch.testing.assert_close(plain_states(pretrained, SENTENCE), exact, rtol=0.02, atol=0.02)
    save_architecture(pretrained, tmp_path / "saved")
    rebuilt = rebuild_pretrained(settings(tmp_path), tmp_path / "saved")
    assert {parameter.dtype for parameter in rebuilt.model.parameters()} == {torch.float32}


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "xlnet"])
def test_a_window_is_as_long_as_the_model_takes(folders: dict[str, Path], family: str) -> None:
    """Also of models with relative positions alone, which state how long the texts were that they learned from."""
    assert load_pretrained(settings(folders[family])).limit == WINDOW


def test_a_model_without_a_limit_gets_windows_of_512(folders: dict[str, Path]) -> None:
    assert load_pretrained(settings(folders["xlnet"])).limit == 510


def test_a_tokenizer_s_own_limit_counts_where_it_is_lower(tmp_path: Path, bert: Path) -> None:
    folder = copied(bert, tmp_path / "bert")
    tiny_tokenizers.bert(12).save_pretrained(folder)
    assert load_pretrained(settings(folder)).limit == 10


def test_types_are_given_only_to_models_that_take_them(tmp_path: Path, folders: dict[str, Path]) -> None:
    has_types = {family: load_pretrained(settings(folder)).special.has_types for family, folder in folders.items()}
    assert {family for family, has in has_types.items() if has} == {"bert", "electra", "xlnet", "deberta", "deberta_v2"}
    folder = copied(folders["distilbert"], tmp_path / "distilbert")
    no_tokenizer(folder)
    bert_tokenizer().save_pretrained(folder)
    assert "token_type_ids" in load_pretrained(settings(folder)).tokenizer.model_input_names
    assert not load_pretrained(settings(folder)).special.has_types


@pytest.mark.parametrize("side", ["left", "right"])
def test_without_a_token_for_padding_the_model_s_own_id_pads(
    tmp_path: Path, side: str, folders: dict[str, Path]
) -> None:
    """RoBERTa numbers positions by where there is none of it."""
    folder = copied(folders["roberta"], tmp_path / "roberta")
    no_tokenizer(folder)
    backend = tiny_tokenizers.roberta().backend_tokenizer
    PreTrainedTokenizerFast(tokenizer_object=backend, padding_side=side).save_pretrained(folder)
    pretrained = load_pretrained(settings(folder))
    assert pretrained.tokenizer.pad_token_id is None
    assert (pretrained.special.padding, pretrained.special.pads_left) == (1, side == "left")
    documents = [pretrained.subwords(text("asthma")), pretrained.subwords(text("the drug was severe"))]
    module = WordStates(pretrained).eval()
    with torch.inference_mode():
        alone = torch.cat([module(subword_batch([one], pretrained.special)) for one in documents])
        together = module(subword_batch(documents, pretrained.special))
    torch.testing.assert_close(together, alone, **CLOSE)


def test_a_checkpoint_of_pytorch_s_own_format_is_read(tmp_path: Path, bert: Path) -> None:
    folder = copied(bert, tmp_path / "bert")
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    expected = plain_states(load_pretrained(settings(bert)), SENTENCE)
    assert torch.equal(plain_states(load_pretrained(settings(folder)), SENTENCE), expected)


def test_a_checkpoint_with_a_head_of_another_task_is_read(tmp_path: Path) -> None:
    tokenizer = bert_tokenizer()
    config = BertConfig(vocab_size=len(tokenizer), **SIZES, max_position_embeddings=WINDOW + 2)
    with_head = BertForMaskedLM(config).eval()
    with_head.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    pretrained = load_pretrained(settings(tmp_path))
    assert isinstance(pretrained.model, BertModel)
    for name, tensor in pretrained.model.state_dict().items():
        assert torch.equal(tensor, with_head.bert.state_dict()[name]), name


def test_layers_are_counted_from_the_last_where_the_encoder_is_at_hand(bert: Path) -> None:
    assert counted_layers(settings(bert, (0, -1, -3, 1))) == (0, 2, 0, 1)
    assert counted_layers(settings("somebody/model", (0, -1))) == (0, -1)
    with pytest.raises(InputError, match=r"layers: found -4; expected a layer from 0 \(embeddings\) to 2"):
        counted_layers(settings(bert, (-4,)))
