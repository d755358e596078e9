import pytest
import torch
from equations import linear

from glre.systems.glre.encoding_layer import EncodingLayer
from glre.systems.glre.settings import GLRESettings
from glre.systems.layers.bilstm import padding

TABLE = padding([4, 3])


def sizes(lstm: int, encoder_dropout: float = 0.0) -> GLRESettings:
    return GLRESettings(
        hidden=4,
        lstm=lstm,
        encoder_dropout=encoder_dropout,
        node_type=2,
        rgcn_layers=1,
        rgcn_input_dropout=0,
        rgcn_output_dropout=0,
        heads=2,
        attention_dropout=0,
        distance=2,
        distance_bins=3,
        classifier_hidden=(),
        classifier_dropout=0,
    )


def test_without_the_bilstm_a_word_is_projected_alone() -> None:
    layer = EncodingLayer(5, sizes(lstm=0)).double()
    words = torch.randn(7, 5, dtype=torch.float64)
    expected = torch.stack([linear(layer.project, row) for row in words])
    torch.testing.assert_close(layer(words, TABLE), expected)
    assert layer.bilstm is None
    assert not [name for name in layer.state_dict() if "bilstm" in name]


def test_with_the_bilstm_its_output_is_projected() -> None:
    layer = EncodingLayer(5, sizes(lstm=3)).double()
    words = torch.randn(7, 5, dtype=torch.float64)
    read = layer.bilstm(words, TABLE)
    assert read.shape == (7, 6)
    expected = torch.stack([linear(layer.project, row) for row in read])
    torch.testing.assert_close(layer(words, TABLE), expected)


@pytest.mark.parametrize("lstm", [0, 3])
def test_dropout_acts_in_training_only(lstm: int) -> None:
    layer = EncodingLayer(5, sizes(lstm, encoder_dropout=0.5))
    words = torch.randn(7, 5)
    first, second = layer(words, TABLE), layer(words, TABLE)
    assert not torch.equal(first, second)
    layer.eval()
    assert torch.equal(layer(words, TABLE), layer(words, TABLE))
