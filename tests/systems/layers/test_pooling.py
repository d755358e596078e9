import torch
from hypothesis import given
from hypothesis import strategies as st

from glre.systems.layers.pooling import log_sum_exp, segment_mean, segment_sum

VALUES = torch.tensor([[1.0, 10.0], [2.0, 20.0], [6.0, 60.0]])
SEGMENT = torch.tensor([2, 0, 2])


def test_sum_and_mean_of_each_segment() -> None:
    assert segment_sum(VALUES, SEGMENT, 4).tolist() == [[2, 20], [0, 0], [7, 70], [0, 0]]
    assert segment_mean(VALUES, SEGMENT, 4).tolist() == [[2, 20], [0, 0], [3.5, 35], [0, 0]]


def test_no_rows() -> None:
    assert segment_mean(VALUES[:0], SEGMENT[:0], 2).tolist() == [[0, 0], [0, 0]]


@given(st.lists(st.integers(0, 3), min_size=4, max_size=20), st.floats(-200, 200))
def test_log_sum_exp_is_that_of_each_segment_however_large_its_values(segments: list[int], shift: float) -> None:
    segment = torch.tensor([*range(4), *segments])
    values = torch.randn(len(segment), 2, dtype=torch.float64) + shift
    found = log_sum_exp(values, segment, 4)
    expected = torch.stack([values[segment == number].logsumexp(0) for number in range(4)])
    torch.testing.assert_close(found, expected)


def test_log_sum_exp_has_the_gradients_of_torchs_own() -> None:
    values = torch.randn(6, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda given: log_sum_exp(given, torch.tensor([0, 1, 1, 0, 2, 2]), 3), values)
