from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tiny_encoders import FAMILIES, WORDS, bert_tokenizer, text, xlnet
from transformers import AutoTokenizer

from glre.documents import Document, Sentence
from glre.encoding.subwords import SpecialTokens, special_tokens, subwords

AWKWARD = [
    "Ångström",
    "naïve",
    "e\u0301",
    "\u0301",
    "ß",
    "ﬁ",
    "İ",
    "日本",
    "한국어",
    "العربية",
    "😀",
    "👩\u200d👩\u200d👧",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u00ad",
    "\x00",
    "\x01",
    "\x1b",
    "\x7f",
    "\ufffd",
    "\ue000",
    "\U000e0001",
    "\u2028",
    "\x85",
    "\xa0",
    "α-synuclein",
    "β₂",
    "10⁻⁶",
    "…",
    "—",
    "[SEP]",
    "<s>",
    "</s>",
    "▁",
    "##",
    "Ġ",
]
LONG = ["x" * 1000, "asthma" * 60, "é" * 300, "𝔸" * 150]


@pytest.fixture(scope="module", params=FAMILIES)
def tokenizer(request: pytest.FixtureRequest, folders: dict[str, Path]) -> Any:
    return AutoTokenizer.from_pretrained(folders[request.param], add_prefix_space=True)


def of(*sentences: list[str]) -> Document:
    return Document("1", "", None, tuple(Sentence(tuple(words)) for words in sentences), ())


def words_of(found: Any) -> list[list[int]]:
    """Subword ids word by word."""
    return [found.ids[found.word == number].tolist() for number in range(found.words)]


def check(document: Document, tokenizer: Any, limit: int = 20) -> list[list[int]]:
    """Every word has a subword, words are in order, windows cover them."""
    found = subwords(document, tokenizer, limit)
    assert found.words == document.words
    assert found.ids.dtype == found.word.dtype == np.int64
    assert len(found.ids) == len(found.word)
    assert (np.diff(found.word) >= 0).all()
    assert set(found.word.tolist()) == set(range(document.words))
    assert found.ids.size == 0 or 0 <= found.ids.min() <= found.ids.max() < len(tokenizer)
    assert [i for window in found.windows for i in range(window.start, window.stop)] == list(range(len(found.ids)))
    return words_of(found)


def test_awkward_words_have_subwords_and_leave_others_alone(tokenizer: Any) -> None:
    plain = check(of(["the", "drug"]), tokenizer)
    for word in [*AWKWARD, *LONG]:
        found = check(of(["the", word, "drug"]), tokenizer)
        assert [found[0], found[2]] == plain, ascii(word)
        assert check(of([word]), tokenizer) == [found[1]], ascii(word)
    assert len(check(of(["the", *AWKWARD, *LONG, "drug"]), tokenizer)) == len(AWKWARD) + len(LONG) + 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8), min_size=1, max_size=8))
@example(["\x01"])
@example(["\x01", "\x02", "a", "\x03"])
def test_any_word_has_subwords(tokenizer: Any, words: list[str]) -> None:
    check(of(words), tokenizer, limit=5)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, "unknown", "beta-2", ".", "(", "10.5"]), min_size=1, max_size=12))
def test_plain_text_is_split_as_the_tokenizer_itself_does(tokenizer: Any, words: list[str]) -> None:
    found = check(of(words), tokenizer)
    assert [i for word in found for i in word] == tokenizer(" ".join(words), add_special_tokens=False)["input_ids"]
    alone = [tokenizer([word], is_split_into_words=True, add_special_tokens=False)["input_ids"] for word in words]
    assert found == alone


def test_a_word_that_the_tokenizer_drops_becomes_unknown() -> None:
    tokenizer = bert_tokenizer()
    assert tokenizer(["\x01"], is_split_into_words=True, add_special_tokens=False)["input_ids"] == []
    found = check(of(["\x01", "drug", "\x02"], ["\x03"]), tokenizer)
    drug = tokenizer.convert_tokens_to_ids("drug")
    assert found == [[tokenizer.unk_token_id], [drug], [tokenizer.unk_token_id], [tokenizer.unk_token_id]]


def test_sentences_end_windows(tokenizer: Any) -> None:
    one = len(tokenizer("the drug was severe", add_special_tokens=False)["input_ids"])
    document = text(*["the drug was severe"] * 4)
    found = subwords(document, tokenizer, 2 * one)
    assert [window.length for window in found.windows] == [2 * one, 2 * one]
    found = subwords(document, tokenizer, 2 * one - 1)
    assert [window.length for window in found.windows] == [one] * 4


def test_a_document_without_words_has_no_window(tokenizer: Any) -> None:
    assert subwords(of(), tokenizer, 10).windows == ()
    assert check(of(), tokenizer) == []


def test_special_tokens_of_bert(folders: dict[str, Path]) -> None:
    found = special_tokens(AutoTokenizer.from_pretrained(folders["bert"], add_prefix_space=True))
    assert found == SpecialTokens((2,), (3,), (0,), 0, (0,), has_types=True)
    assert found.count == 2


def test_special_tokens_of_roberta(folders: dict[str, Path]) -> None:
    found = special_tokens(AutoTokenizer.from_pretrained(folders["roberta"], add_prefix_space=True))
    assert found == SpecialTokens((0,), (2,), (0,), 0, (0,), has_types=False)


@pytest.mark.parametrize("types", [True, False])
def test_special_tokens_of_xlnet_stand_at_the_end(tmp_path: Path, types: bool) -> None:
    names = ["input_ids", "token_type_ids", "attention_mask"] if types else ["input_ids", "attention_mask"]
    tokenizer = AutoTokenizer.from_pretrained(xlnet(tmp_path / "xlnet", names), add_prefix_space=True)
    found = special_tokens(tokenizer)
    assert found == SpecialTokens((), (4, 3), (), 0, (0, 2), has_types=types)
    assert found.count == 2
