import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_sequence, unpack_sequence

from glre.systems.layers.bilstm import BiLSTM, padding

INPUTS, HIDDEN = 3, 4


def packed(module: BiLSTM) -> nn.LSTM:
    """Torch's own bidirectional LSTM with copies of the module's weights."""
    lstm = nn.LSTM(INPUTS, HIDDEN, bidirectional=True).double()
    weights = {name: value.clone() for name, value in module.forwards.state_dict().items()}
    weights |= {f"{name}_reverse": value.clone() for name, value in module.backwards.state_dict().items()}
    lstm.load_state_dict(weights)
    return lstm


def packed_outputs(lstm: nn.LSTM, words: Tensor, lengths: list[int]) -> Tensor:
    sequence = pack_sequence(list(words.split(lengths)), enforce_sorted=False)
    return torch.cat(unpack_sequence(lstm(sequence)[0]))


def close(found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5).filter(any))
def test_the_padded_table_holds_every_run_forwards_and_backwards(lengths: list[int]) -> None:
    table = padding(lengths)
    assert (table.runs, table.longest) == (len(lengths), max(lengths))
    words = torch.arange(1, sum(lengths) + 1)
    runs = [own.tolist() for own in words.split(lengths)]
    for place, expected in ((table.forwards, runs), (table.backwards, [own[::-1] for own in runs])):
        filled = torch.zeros(table.runs * table.longest, dtype=torch.int64).index_copy(0, place, words)
        assert filled.view(table.runs, -1).tolist() == [own + [0] * (table.longest - len(own)) for own in expected]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(0, 1000))
def test_equals_the_packed_lstm_in_values_and_gradients(lengths: list[int], seed: int) -> None:
    torch.manual_seed(seed)
    module = BiLSTM(INPUTS, HIDDEN).double()
    for parameter in module.parameters():
        nn.init.normal_(parameter)
    reference = packed(module)
    words = torch.randn(sum(lengths), INPUTS, dtype=torch.float64)
    ours, theirs = words.clone().requires_grad_(), words.clone().requires_grad_()
    found = module(ours, padding(lengths))
    expected = packed_outputs(reference, theirs, lengths)
    close(found, expected)
    weight = torch.randn_like(expected)
    (found * weight).sum().backward()
    (expected * weight).sum().backward()
    close(ours.grad, theirs.grad)
    gradients = {name: parameter.grad for name, parameter in reference.named_parameters()}
    for name, parameter in module.forwards.named_parameters():
        close(parameter.grad, gradients[name])
    for name, parameter in module.backwards.named_parameters():
        close(parameter.grad, gradients[f"{name}_reverse"])


def test_a_run_without_words_takes_no_part() -> None:
    module = BiLSTM(INPUTS, HIDDEN).double()
    words = torch.randn(5, INPUTS, dtype=torch.float64)
    close(module(words, padding([0, 2, 0, 3])), module(words, padding([2, 3])))


def test_computes_in_the_precision_of_its_parameters() -> None:
    torch.manual_seed(1)
    module = BiLSTM(INPUTS, HIDDEN)
    words, table = torch.randn(7, INPUTS), padding([4, 3])
    exact = module(words, table)
    rough = module.to(torch.bfloat16)(words, table)
    assert rough.dtype == torch.float32
    assert not torch.equal(rough, exact)
    torch.testing.assert_close(rough, exact, rtol=0.05, atol=0.02)
