"""Sums and means over groups of rows: what turns words into mentions, and neighbours into messages."""

from torch import Tensor


def segment_sum(values: Tensor, segment: Tensor, segments: int) -> Tensor:
    """Sum of the rows of each segment: values `[n, width]`, segment `[n]` → `[segments, width]`."""
    return values.new_zeros(segments, values.shape[1]).index_add(0, segment, values)


def segment_mean(values: Tensor, segment: Tensor, segments: int) -> Tensor:
    """Mean of the rows of each segment, zero for one without rows: `[n, width]`, `[n]` → `[segments, width]`."""
    counts = values.new_zeros(segments).index_add(0, segment, values.new_ones(len(segment)))
    return segment_sum(values, segment, segments) / counts.clamp(min=1).unsqueeze(1)
