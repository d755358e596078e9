from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glre.encoding.tokenization.windows import Window, windows

LENGTHS = st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=6), max_size=6)
LIMITS = st.integers(1, 20)
many = settings(max_examples=200)


def borders(lengths: list[int]) -> list[int]:
    return list(accumulate(lengths, initial=0))


def cuts(found: tuple[Window, ...]) -> list[int]:
    """Where a window ends and another begins."""
    return [window.start for window in found[1:]]


@many
@given(LENGTHS, LIMITS)
def test_every_subword_is_in_one_window_in_order(lengths: list[list[int]], limit: int) -> None:
    found = windows(lengths, limit)
    covered = [subword for window in found for subword in range(window.start, window.stop)]
    assert covered == list(range(sum(map(sum, lengths))))
    assert all(0 < window.length <= limit for window in found)


@many
@given(LENGTHS, LIMITS)
def test_what_fits_into_a_window_is_not_cut(lengths: list[list[int]], limit: int) -> None:
    for units in ([sum(sentence) for sentence in lengths], [word for sentence in lengths for word in sentence]):
        starts = borders(units)
        for cut in cuts(windows(lengths, limit)):
            for start, length in zip(starts, units, strict=False):
                assert not (start < cut < start + length and length <= limit)


@many
@given(LENGTHS, LIMITS)
def test_a_window_ends_only_where_what_follows_does_not_fit(lengths: list[list[int]], limit: int) -> None:
    sentences = dict(zip(borders([sum(s) for s in lengths]), map(sum, lengths), strict=False))
    words = [word for sentence in lengths for word in sentence]
    word_starts = dict(zip(borders(words), words, strict=False))
    found = windows(lengths, limit)
    for window, cut in zip(found, cuts(found), strict=False):
        follows = sentences.get(cut) or word_starts.get(cut) or 1
        assert window.length + follows > limit


def test_examples() -> None:
    def found(lengths: list[list[int]], limit: int = 10) -> list[tuple[int, int]]:
        return [(window.start, window.stop) for window in windows(lengths, limit)]

    assert found([]) == []
    assert found([[1], [2, 3], [4]]) == [(0, 10)]
    assert found([[1], [2, 3], [5]]) == [(0, 6), (6, 11)]
    assert found([[2], [4, 4, 4], [6]]) == [(0, 2), (2, 10), (10, 20)]
    assert found([[3, 25, 3]]) == [(0, 3), (3, 13), (13, 23), (23, 31)]
    assert found([[10], [10]]) == [(0, 10), (10, 20)]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_window_holds_something(limit: int) -> None:
    with pytest.raises(ValueError, match=f"{limit} subwords"):
        windows([[1]], limit)
