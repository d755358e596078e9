"""Every source of words: its inputs, its module, and what it refuses to take for its own."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_encoders import settings, text
from torch import nn

from glre.encoding.frozen.cache import describe, write_features
from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.tokenization.subword_batch import SubwordBatch
from glre.encoding.transformer.pretrained import load_pretrained
from glre.encoding.word_inputs import RARE, WordNumbers
from glre.encoding.word_modules import FrozenStates
from glre.encoding.word_source import (
    CachedStates,
    ComputedStates,
    TrainedStates,
    VectorTable,
    WordDescription,
    same_layers,
)
from glre.errors import InputError
from glre.settings import PretrainedEncoder, WordVectors

DOCUMENTS = [text("the drug was severe", "asthma .", name="1"), text("asthma and more of it", name="2")]
WORDS = sum(document.words for document in DOCUMENTS)
VECTORS = WordVectors(kind="word_vectors", width=3)


def described(encoder: PretrainedEncoder, layers: tuple[int, ...], **changes: object) -> WordDescription:
    plain = {"encoder": encoder, "identity": "tiny", "width": 8, "layers": layers}
    return WordDescription.model_validate(plain | changes)


def encoded(bert: Path, folder: Path, layers: tuple[int, ...], precision: str = "float32") -> PretrainedEncoder:
    """Leave the documents' states in `folder`, as `glre encode` does."""
    chosen = settings(bert, layers, precision)
    encoder = FrozenEncoder(chosen)
    subwords = [encoder.subwords(document) for document in DOCUMENTS]
    description = describe(encoder, "tiny", DOCUMENTS)
    write_features(encoder, DOCUMENTS, subwords, description, folder / "dev.npy", folder / "partial", lambda _: None)
    return chosen


def test_states_that_are_read_are_those_that_are_computed(bert: Path, tmp_path: Path) -> None:
    chosen = encoded(bert, tmp_path, (0, -1))
    words = described(chosen, (0, 2))
    read = CachedStates(words, tmp_path)
    computed = ComputedStates(words, FrozenEncoder(chosen))
    for numbers in ([0], [1, 0]):
        found = read.inputs(DOCUMENTS).take(numbers)
        assert found.shape == (sum(DOCUMENTS[number].words for number in numbers), 2, 8)
        assert torch.equal(found, computed.inputs(DOCUMENTS).take(numbers))
    for source in (read, computed):
        module = source.module()
        assert isinstance(module, FrozenStates)
        assert module(source.inputs(DOCUMENTS).take([0, 1])).shape == (WORDS, 8)
    assert read.bytes_per_word == 0, "they lie on the disk"
    assert computed.bytes_per_word == 2 * 2 * 8


OTHERS = {
    "another layer of the same width": ((1,), {}, "layers [1] of tiny in float32"),
    "more layers": ((0, 2), {}, "layers [0, 2] of tiny in float32"),
    "another encoder": ((2,), {"identity": "small"}, "layers [2] of small in float32"),
}


@pytest.mark.parametrize("other", OTHERS)
def test_states_of_another_origin_are_refused_in_a_line(bert: Path, tmp_path: Path, other: str) -> None:
    chosen = encoded(bert, tmp_path, (2,))
    layers, changes, wanted = OTHERS[other]
    with pytest.raises(InputError) as refused:
        CachedStates(described(chosen, layers, **changes), tmp_path).inputs(DOCUMENTS)
    assert str(refused.value) == (
        f"{tmp_path / 'dev.npy'}: found hidden states of layers [2] of tiny in float32; "
        f"expected those of {wanted}; run `glre encode` again"
    )


def test_states_of_another_precision_are_refused(bert: Path, tmp_path: Path) -> None:
    encoded(bert, tmp_path, (2,), "bfloat16")
    with pytest.raises(InputError, match=r"found .* in bfloat16; expected .* in float32"):
        CachedStates(described(settings(bert, (2,)), (2,)), tmp_path).inputs(DOCUMENTS)


def test_states_of_other_text_are_refused(bert: Path, tmp_path: Path) -> None:
    chosen = encoded(bert, tmp_path, (2,))
    source = CachedStates(described(chosen, (2,)), tmp_path)
    with pytest.raises(InputError, match="of other documents"):
        source.inputs(DOCUMENTS[::-1])


@pytest.mark.parametrize(
    ("wanted", "found", "same"),
    [
        ((4,), (4,), True),
        ((4,), (5,), False),
        ((4, 5), (5, 4), False),
        ((4,), (4, 5), False),
        ((), (4,), False),
        ((-1,), (6,), True),
        ((0, -2), (0, 5), True),
        ((0, -2), (1, 5), False),
    ],
)
def test_layers_below_zero_are_known_to_the_encoder_alone(
    wanted: tuple[int, ...], found: tuple[int, ...], same: bool
) -> None:
    assert same_layers(wanted, found) is same


def weights(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


def test_an_encoder_in_training_is_each_module_s_own_and_starts_as_published(bert: Path, tmp_path: Path) -> None:
    chosen = settings(bert, (-1,))
    pretrained = load_pretrained(chosen)
    source = TrainedStates(
        described(chosen, pretrained.layers, fine_tuned=True), pretrained, lambda: load_pretrained(chosen)
    )
    inputs = source.inputs(DOCUMENTS).take([1, 0])
    assert isinstance(inputs, SubwordBatch)
    first, second = source.module().eval(), source.module().eval()
    expected = ComputedStates(source.description, FrozenEncoder(chosen)).inputs(DOCUMENTS).take([1, 0])[:, 0]
    torch.testing.assert_close(first(inputs), expected, rtol=2e-3, atol=1e-3)
    before = weights(second)
    with torch.no_grad():
        for parameter in first.parameters():
            parameter.zero_()
    assert all(torch.equal(value, before[name]) for name, value in weights(second).items())
    source.save(tmp_path)
    assert (tmp_path / "encoder" / "config.json").is_file()
    assert all(file.suffix == ".json" for file in (tmp_path / "encoder").iterdir())


def table(vocabulary: tuple[str, ...], vectors: np.ndarray | None = None) -> VectorTable:
    description = WordDescription(encoder=VECTORS, identity="made", width=3, vocabulary=vocabulary)
    return VectorTable(description, vectors)


def test_word_vectors_start_from_those_that_are_given(tmp_path: Path) -> None:
    vectors = np.arange(6, dtype=np.float32).reshape(2, 3)
    source = table(("drug", "asthma"), vectors)
    numbers = source.inputs(DOCUMENTS).take([0])
    assert numbers.tolist() == [RARE, 1, RARE, RARE, 2, RARE]
    found = source.module()(numbers)
    assert torch.equal(found[[1, 4]], torch.from_numpy(vectors))
    source.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_vocabulary_is_word_numbers_that_are_all_rare() -> None:
    source = table(())
    inputs = source.inputs(DOCUMENTS)
    assert isinstance(inputs, WordNumbers)
    assert inputs.take([0, 1]).tolist() == [RARE] * WORDS
    found = source.module()(inputs.take([0, 1]))
    assert found.shape == (WORDS, 3)
    assert (found == found[0]).all()
