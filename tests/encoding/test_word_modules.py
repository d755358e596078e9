import torch

from glre.encoding.word_inputs import RARE
from glre.encoding.word_modules import FrozenStates, FrozenVectorTable, WordVectorTable


def test_one_layer_of_states_is_taken_as_it_is() -> None:
    source = FrozenStates(1)
    states = torch.randn(7, 1, 5)
    assert torch.equal(source(states), states[:, 0])
    assert not list(source.parameters())


def test_several_layers_are_mixed_by_learned_weights_that_start_equal() -> None:
    source = FrozenStates(3).double()
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


def test_frozen_word_vectors_stay_and_that_of_rare_words_is_trained() -> None:
    given = torch.randn(3, 5)
    table = FrozenVectorTable(4, 5, given)
    words = torch.tensor([3, RARE, 1, RARE])
    found = table(words)
    assert torch.equal(found[[0, 2]], given[[2, 0]])
    assert torch.equal(found[1], found[3])
    found.sum().backward()
    assert [name for name, _ in table.named_parameters()] == ["rare"]
    assert table.rare.grad.tolist() == [2] * 5
    other = FrozenVectorTable(4, 5)
    other.load_state_dict(table.state_dict())
    assert torch.equal(other(words), found)
