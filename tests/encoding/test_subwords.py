from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tiny_encoders import FAMILIES, bert_tokenizer, text, xlnet
from tiny_tokenizers import WORDS
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from glre.documents.document import Document, Sentence
from glre.encoding.tokenization.subwords import SpecialTokens, set_words_apart, special_tokens, subwords
from glre.errors import InputError

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
    " ",
    " \t\u3000",
    "a\xa0b",
    "\u0301\u0301\u0323",
    "\ufe0f",
    "👍🏽",
    "🏴\U000e0067\U000e0062\U000e007f",
    "日本α드rug",
    "\u202eabc\u202c",
    "α-synuclein",
    "β₂",
    "10⁻⁶",
    "…",
    "—",
    "[SEP]",
    "<s>",
    "</s>",
    "▁",
    "▁▁",
    "▁the",
    "<unk>",
    "[PAD]",
    "<pad>",
    "##",
    "Ġ",
]
LONG = ["x" * 3000, "asthma" * 600, "é" * 1500, "𝔸" * 700, "\u200d" * 2000, "e\u0301" * 1000, "\xa0" * 500]


@pytest.fixture(scope="module", params=FAMILIES)
def tokenizer(request: pytest.FixtureRequest, folders: dict[str, Path]) -> Any:
    return loaded(folders[request.param])


def loaded(folder: Path) -> Any:
    tokenizer = AutoTokenizer.from_pretrained(folder, add_prefix_space=True)
    set_words_apart(tokenizer)
    return tokenizer


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


anything = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
pieced_together = st.lists(st.sampled_from([*AWKWARD, *WORDS]), min_size=1, max_size=4).map("".join)
very_long = st.builds(lambda piece, times: piece * times, st.sampled_from([*AWKWARD, *WORDS]), st.integers(1, 2000))


@settings(max_examples=60, deadline=None)
@given(st.lists(anything | pieced_together | very_long, min_size=1, max_size=8))
@example(["\x01"])
@example(["\x01", "\x02", "a", "\x03"])
def test_any_word_has_the_subwords_that_it_has_alone(tokenizer: Any, words: list[str]) -> None:
    found = check(of(words), tokenizer, limit=5)
    alone = [tokenizer([word], is_split_into_words=True, add_special_tokens=False)["input_ids"] for word in words]
    assert found == [ids or [tokenizer.unk_token_id] for ids in alone]


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


def test_a_lone_piece_of_a_space_belongs_to_its_word(folders: dict[str, Path]) -> None:
    """SentencePiece puts one before a word that it has not learned with the space."""
    for family in ("xlnet", "albert", "deberta_v2"):
        tokenizer = loaded(folders[family])
        space, letter, the = tokenizer.convert_tokens_to_ids(["▁", "b", "▁the"])
        assert check(of(["the", "b", "▁", "the"]), tokenizer) == [[the], [space, letter], [space], [the]]


def test_byte_level_words_of_a_list_are_those_of_a_text(folders: dict[str, Path]) -> None:
    """Also where the tokenizer's class knows no `add_prefix_space`."""
    tokenizer = AutoTokenizer.from_pretrained(folders["modernbert"], add_prefix_space=True)
    text_of = tokenizer(" the drug, b1's", add_special_tokens=False)["input_ids"]
    words = ["the", "drug,", "b1's"]
    assert [i for word in check(of(words), tokenizer) for i in word] != text_of
    set_words_apart(tokenizer)
    assert [i for word in check(of(words), tokenizer) for i in word] == text_of
    saved = tokenizer.backend_tokenizer.to_str()
    set_words_apart(tokenizer)
    assert tokenizer.backend_tokenizer.to_str() == saved


def test_spaces_are_put_before_words_and_not_before_their_parts() -> None:
    """As a byte-level tokenizer's own setting does to what another rule has split already."""
    vocabulary = {token: number for number, token in enumerate(["a", "1", "Ġ", "Ġa"])}
    backend = Tokenizer(models.BPE(vocab=vocabulary, merges=[("Ġ", "a")]))
    backend.normalizer = normalizers.Lowercase()
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend)
    set_words_apart(tokenizer)
    found = check(of(["A1", "1a"]), tokenizer)
    assert [tokenizer.convert_ids_to_tokens(ids) for ids in found] == [["Ġa", "1"], ["Ġ", "1", "a"]]
    assert [i for word in found for i in word] == tokenizer("A1 1a")["input_ids"]


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "modernbert"])
def test_other_tokenizers_are_left_as_they_are(folders: dict[str, Path], family: str) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folders[family], add_prefix_space=True)
    before = tokenizer.backend_tokenizer.to_str()
    set_words_apart(tokenizer)
    assert tokenizer.backend_tokenizer.to_str() == before


def without_unknown(**named: str) -> Any:
    """A tokenizer that leaves out what it does not know."""
    pieces = ["a", "<mask>", "<pad>", "<end>"]
    backend = Tokenizer(models.BPE(vocab={piece: number for number, piece in enumerate(pieces)}, merges=[]))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=backend, **named)


@pytest.mark.parametrize(
    ("named", "stand_in"),
    [
        ({"mask_token": "<mask>", "pad_token": "<pad>"}, 1),
        ({"pad_token": "<pad>", "eos_token": "<end>"}, 2),
        ({"eos_token": "<end>"}, 3),
        ({}, 0),
    ],
)
def test_without_an_unknown_token_a_dropped_word_gets_another_one(named: dict[str, str], stand_in: int) -> None:
    tokenizer = without_unknown(**named)
    assert tokenizer.unk_token_id is None
    assert check(of(["a", "b", "aba"]), tokenizer) == [[0], [stand_in], [0, 0]]


def test_a_tokenizer_that_fails_at_a_word_is_an_input_error() -> None:
    backend = Tokenizer(models.WordPiece(vocab={"a": 0, "drug": 1}, unk_token="[UNK]"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend)
    assert check(of(["drug"]), tokenizer) == [[1]]
    with pytest.raises(InputError, match="document '1': found words that the encoder's tokenizer can't split"):
        subwords(of(["a", "unheard"]), tokenizer, 10)


def test_special_tokens_of_bert(folders: dict[str, Path]) -> None:
    found = special_tokens(loaded(folders["bert"]))
    assert found == SpecialTokens((2,), (3,), (0,), 0, (0,), has_types=True, padding=0, pads_left=False)
    assert found.count == 2


def test_special_tokens_of_roberta(folders: dict[str, Path]) -> None:
    found = special_tokens(loaded(folders["roberta"]), padding=7)
    assert found == SpecialTokens((0,), (2,), (0,), 0, (0,), has_types=False, padding=1, pads_left=False)


@pytest.mark.parametrize("types", [True, False])
def test_special_tokens_of_xlnet_stand_at_the_end(tmp_path: Path, types: bool) -> None:
    names = ["input_ids", "token_type_ids", "attention_mask"] if types else ["input_ids", "attention_mask"]
    found = special_tokens(loaded(xlnet(tmp_path / "xlnet", names)))
    assert found == SpecialTokens((), (4, 3), (), 0, (0, 2), has_types=types, padding=5, pads_left=True)
    assert found.count == 2


@pytest.mark.parametrize("family", FAMILIES)
def test_special_tokens_are_those_that_the_tokenizer_itself_puts_around_a_text(
    folders: dict[str, Path], family: str
) -> None:
    tokenizer = loaded(folders[family])
    special = special_tokens(tokenizer)
    encoded = tokenizer("the unknown drug", return_token_type_ids=True)
    plain = tokenizer("the unknown drug", add_special_tokens=False)["input_ids"]
    assert encoded["input_ids"] == [*special.before, *plain, *special.after]
    text_types = [special.text_type] * len(plain)
    assert encoded["token_type_ids"] == [*special.before_types, *text_types, *special.after_types]


def test_without_a_token_for_padding_the_model_s_id_is_taken() -> None:
    assert special_tokens(without_unknown(), padding=9).padding == 9
    assert special_tokens(without_unknown(pad_token="<pad>"), padding=9).padding == 2
