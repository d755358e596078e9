from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_encoders import FAMILIES, settings, text

from glre.encoding.tokenization.subword_batch import SubwordBatch, WindowTable, subword_batch
from glre.encoding.tokenization.subwords import SpecialTokens, Subwords
from glre.encoding.tokenization.windows import windows
from glre.encoding.transformer.pretrained import load_pretrained

RIGHT = SpecialTokens((900,), (901,), (0,), 0, (0,), has_types=False, padding=999, pads_left=False)
LEFT = SpecialTokens((), (901, 902), (), 1, (1, 2), has_types=True, padding=999, pads_left=True)
LIMIT = 7


def document(word_lengths: list[list[int]], first_id: int = 0) -> Subwords:
    """A document whose words have these numbers of subwords, by sentence; its subwords are numbered through."""
    lengths = [length for sentence in word_lengths for length in sentence]
    ids = np.arange(first_id, first_id + sum(lengths))
    return Subwords(ids, np.repeat(np.arange(len(lengths)), lengths), len(lengths), windows(word_lengths, LIMIT))


documents = st.lists(
    st.lists(st.lists(st.integers(1, 2 * LIMIT + 2), min_size=1, max_size=3), max_size=3), max_size=4
).map(lambda made: [document(lengths, 100 * number) for number, lengths in enumerate(made)])
specials = st.sampled_from([RIGHT, LEFT])
budgets = st.integers(1, 40)


@given(documents, specials, budgets)
def test_every_subword_stands_once_at_its_place_and_belongs_to_its_word(
    made: list[Subwords], special: SpecialTokens, budget: int
) -> None:
    batch = subword_batch(made, special, budget)
    found = []
    for table in batch.tables:
        assert table.place.shape == table.word.shape
        assert table.place.unique().numel() == table.place.numel()
        found += zip(table.ids.flatten()[table.place].tolist(), table.word.tolist(), strict=True)
    expected, first = [], 0
    for one in made:
        expected += [(int(i), first + int(word)) for i, word in zip(one.ids, one.word, strict=True)]
        first += one.words
    assert sorted(found) == expected
    assert batch.words == first
    assert batch.lengths.tolist() == [sum(word == number for _, word in expected) for number in range(first)]


@given(documents, specials, budgets)
def test_a_row_is_a_window_between_special_tokens_and_padding(
    made: list[Subwords], special: SpecialTokens, budget: int
) -> None:
    rows = []
    for table in subword_batch(made, special, budget).tables:
        assert table.mask.shape == table.ids.shape
        for ids, mask in zip(table.ids.tolist(), table.mask.tolist(), strict=True):
            real, filled = [1] * sum(mask), [0] * (len(mask) - sum(mask))
            assert mask == (filled + real if special.pads_left else real + filled)
            assert all((value == special.padding) == (not kept) for value, kept in zip(ids, mask, strict=True))
            rows.append([value for value, kept in zip(ids, mask, strict=True) if kept])
    expected = [
        [*special.before, *one.ids[window.start : window.stop].tolist(), *special.after]
        for one in made
        for window in one.windows
    ]
    assert sorted(rows) == sorted(expected)


@given(documents, specials, budgets)
def test_tables_hold_like_lengths_within_the_budget(made: list[Subwords], special: SpecialTokens, budget: int) -> None:
    tables = subword_batch(made, special, budget).tables
    lengths = [[sum(row) - special.count for row in table.mask.tolist()] for table in tables]
    for one in lengths:
        assert len(one) == 1 or len(one) * max(one) <= budget
    assert sorted(length for one in lengths for length in one) == [length for one in lengths for length in one]
    # No table could have taken the first window of the next as well.
    for one, following in pairwise(lengths):
        assert (len(one) + 1) * following[0] > budget


def test_one_long_document_does_not_pad_all_others() -> None:
    made = [document([[1]], 100 * number) for number in range(20)] + [document([[1] * LIMIT], 5000)]
    shapes = [tuple(table.ids.shape) for table in subword_batch(made, RIGHT, 21).tables]
    assert shapes == [(20, 1 + 2), (1, LIMIT + 2)]


def test_types_are_there_where_the_model_takes_them() -> None:
    made = [document([[2]]), document([[3, 1]], 100)]
    assert subword_batch(made, RIGHT).tables[0].types is None
    types = subword_batch(made, LEFT).tables[0].types
    assert types is not None
    assert types.tolist() == [[0, 0, 1, 1, 1, 2], [1, 1, 1, 1, 1, 2]]


def test_no_documents_and_documents_without_words() -> None:
    for made in ([], [document([])], [document([]), document([])]):
        batch = subword_batch(made, RIGHT)
        assert (batch.tables, batch.words) == ((), 0)
    batch = subword_batch([document([]), document([[1]]), document([])], RIGHT)
    assert batch.tables[0].word.tolist() == [0]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_table_is_padded_as_the_tokenizer_itself_does(folders: dict[str, Path], family: str) -> None:
    pretrained = load_pretrained(settings(folders[family]))
    texts = ["asthma", "b c", "the drug was ."]
    made = [pretrained.subwords(text(one)) for one in texts]
    (table,) = subword_batch(made, pretrained.special).tables
    expected = pretrained.tokenizer(texts, padding=True, return_tensors="pt")
    rows = [row.tolist() for row in expected["input_ids"]]
    assert sorted(table.ids.tolist()) == sorted(rows)
    order = [rows.index(row) for row in table.ids.tolist()]
    assert torch.equal(table.mask, expected["attention_mask"][order])
    if "token_type_ids" in expected:
        real = table.mask.bool()
        assert table.types is not None
        assert torch.equal(table.types[real], expected["token_type_ids"][order][real])


def test_a_batch_moves_whole() -> None:
    """To the device without storage, the only other one that every machine has."""
    batch = subword_batch([document([[2, 1], [3]])], LEFT)
    assert batch.to(torch.device("cpu")) is batch
    moved = batch.to(torch.device("meta"))
    assert isinstance(moved, SubwordBatch)
    (table,) = moved.tables
    assert isinstance(table, WindowTable)
    assert table.types is not None
    tensors = [moved.lengths, table.ids, table.mask, table.types, table.place, table.word]
    assert {tensor.device.type for tensor in tensors} == {"meta"}
    assert table.ids.shape == batch.tables[0].ids.shape
    assert subword_batch([document([[2]])], RIGHT).to(torch.device("meta")).tables[0].types is None
