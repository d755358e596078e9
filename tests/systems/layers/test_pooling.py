import torch

from glre.systems.layers.pooling import segment_mean, segment_sum

VALUES = torch.tensor([[1.0, 10.0], [2.0, 20.0], [6.0, 60.0]])
SEGMENT = torch.tensor([2, 0, 2])


def test_sum_and_mean_of_each_segment() -> None:
    assert segment_sum(VALUES, SEGMENT, 4).tolist() == [[2, 20], [0, 0], [7, 70], [0, 0]]
    assert segment_mean(VALUES, SEGMENT, 4).tolist() == [[2, 20], [0, 0], [3.5, 35], [0, 0]]


def test_no_rows() -> None:
    assert segment_mean(VALUES[:0], SEGMENT[:0], 2).tolist() == [[0, 0], [0, 0]]
