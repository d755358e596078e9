import pytest
import torch
from equations import linear
from random_documents import ANY, Corpus, document

from glre.systems.glre.encoding_layer import EncodingLayer, FrozenStates, WordVectorTable
from glre.systems.glre.settings import GLRESettings

CORPUS = Corpus((document([4], []), document([2, 1], [])), ANY)


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


def test_one_layer_of_states_is_taken_as_it_is() -> None:
    source = FrozenStates(1, 5)
    states = torch.randn(7, 1, 5)
    assert torch.equal(source(states), states[:, 0])
    assert not list(source.parameters())


def test_several_layers_are_mixed_by_learned_weights_that_start_equal() -> None:
    source = FrozenStates(3, 5).double()
    states = torch.randn(7, 3, 5, dtype=torch.float64)
    torch.testing.assert_close(source(states), states.mean(1))
    source.mix.data = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64)
    exponentials = [2.718281828459045**logit for logit in (0.5, -1.0, 2.0)]
    expected = sum(e / sum(exponentials) * states[:, layer] for layer, e in enumerate(exponentials))
    torch.testing.assert_close(source(states), expected)
    source(states).sum().backward()
    assert source.mix.grad.abs().sum() > 0


def test_word_vectors_start_from_those_given_and_are_trained() -> None:
    given = torch.randn(3, 5)
    table = WordVectorTable(4, 5, given)
    assert torch.equal(table(torch.tensor([3, 1, 3])), given[[2, 0, 2]])
    assert table(torch.tensor([0])).abs().sum() > 0
    table(torch.tensor([3, 0])).sum().backward()
    assert table.vectors.weight.grad.abs().sum(1).tolist() == [5, 0, 0, 5]
    assert WordVectorTable(4, 5)(torch.tensor([3])).shape == (1, 5)


def test_without_the_bilstm_a_word_is_projected_alone() -> None:
    layer = EncodingLayer(FrozenStates(1, 5), sizes(lstm=0)).double()
    states = torch.randn(7, 1, 5, dtype=torch.float64)
    expected = torch.stack([linear(layer.project, row[0]) for row in states])
    torch.testing.assert_close(layer(states, CORPUS.graph), expected)
    assert layer.bilstm is None
    assert not [name for name in layer.state_dict() if "bilstm" in name]


def test_with_the_bilstm_its_output_is_projected() -> None:
    layer = EncodingLayer(FrozenStates(1, 5), sizes(lstm=3)).double()
    states = torch.randn(7, 1, 5, dtype=torch.float64)
    read = layer.bilstm(states[:, 0], CORPUS.graph)
    assert read.shape == (7, 6)
    expected = torch.stack([linear(layer.project, row) for row in read])
    torch.testing.assert_close(layer(states, CORPUS.graph), expected)


@pytest.mark.parametrize("lstm", [0, 3])
def test_dropout_acts_in_training_only(lstm: int) -> None:
    layer = EncodingLayer(FrozenStates(1, 5), sizes(lstm, encoder_dropout=0.5))
    states = torch.randn(7, 1, 5)
    first, second = layer(states, CORPUS.graph), layer(states, CORPUS.graph)
    assert not torch.equal(first, second)
    layer.eval()
    assert torch.equal(layer(states, CORPUS.graph), layer(states, CORPUS.graph))
