"""What the benchmarks call memory is what was taken."""

from functools import partial

import pytest
import torch

from benchmarks.measuring import cost, in_child, tensor_peak

SIZE = 64_000_000


def take_and_give_back(times: int = 3) -> None:
    for _ in range(times):
        torch.zeros(SIZE // 4).add_(1)


def resident_growth(times: int) -> int:
    return cost(take_and_give_back, partial(take_and_give_back, times)).resident_bytes


def test_tensors_that_live_at_once_are_counted_once() -> None:
    peak = tensor_peak(take_and_give_back)
    assert SIZE <= peak < 1.1 * SIZE
    both = tensor_peak(lambda: (torch.zeros(SIZE // 4), torch.zeros(SIZE // 8)))
    assert 1.5 * SIZE <= both < 1.6 * SIZE


def test_resident_growth_is_the_peak_not_the_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    # Told not to map large blocks, as the pipeline does, glibc seldom takes a freed one again for an aligned one.
    monkeypatch.delenv("MALLOC_MMAP_MAX_", raising=False)
    # The parent holds far more than the child takes; none of it may count.
    held = torch.ones(2 * SIZE)
    growth = in_child(resident_growth, 2)
    assert 0.9 * SIZE < growth < 2 * SIZE
    assert held[0] == 1
