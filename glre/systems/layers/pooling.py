"""Sums, means and the like over groups of rows: what turns words into mentions, and neighbours into messages."""

from torch import Tensor


def segment_sum(values: Tensor, segment: Tensor, segments: int) -> Tensor:
    """Sum of the rows of each segment: values `[n, width]`, segment `[n]` → `[segments, width]`."""
    return values.new_zeros(segments, values.shape[1]).index_add(0, segment, values)


def segment_mean(values: Tensor, segment: Tensor, segments: int) -> Tensor:
    """Mean of the rows of each segment, zero for one without rows: `[n, width]`, `[n]` → `[segments, width]`."""
    counts = values.new_zeros(segments).index_add(0, segment, values.new_ones(len(segment)))
    return segment_sum(values, segment, segments) / counts.clamp(min=1).unsqueeze(1)


def log_sum_exp(values: Tensor, segment: Tensor, segments: int) -> Tensor:
    """Logarithm of the sum of exponentials over the rows of each segment: `[n, …]`, `[n]` → `[segments, …]`."""
    place = segment.view(-1, *[1] * (values.dim() - 1)).expand_as(values)
    shape = (segments, *values.shape[1:])
    highest = values.new_full(shape, float("-inf")).scatter_reduce(0, place, values.detach(), "amax")
    raised = (values - highest.index_select(0, segment)).exp()
    return values.new_zeros(shape).index_add(0, segment, raised).log() + highest
