import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from glre.documents.document import Document, Sentence
from glre.encoding.word_inputs import RARE, state_inputs, vocabulary, word_numbers


def text(*sentences: str) -> Document:
    return Document("1", "", None, tuple(Sentence(tuple(sentence.split())) for sentence in sentences), ())


DOCUMENTS = [text("The drug the DRUG", "asthma ."), text("drug ."), text("zinc asthma .")]


def test_vocabulary_is_lower_cased_by_frequency_and_then_by_word() -> None:
    assert vocabulary(DOCUMENTS, 1) == (".", "drug", "asthma", "the", "zinc")
    assert vocabulary(DOCUMENTS, 2) == (".", "drug", "asthma", "the")
    assert vocabulary(DOCUMENTS, 3) == (".", "drug")
    assert vocabulary(DOCUMENTS, 4) == vocabulary([], 1) == ()


def test_words_outside_the_vocabulary_are_rare() -> None:
    numbers = word_numbers(DOCUMENTS, {"drug": 1, ".": 2})
    assert RARE == 0
    assert numbers.take([0]).tolist() == [0, 1, 0, 1, 0, 2]
    assert numbers.take([2, 1]).tolist() == [0, 0, 2, 1, 2]
    assert numbers.take([0]).dtype == torch.int64


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["a", "A", "b", "c"]), max_size=5), min_size=1, max_size=4), st.integers(1, 3))
def test_every_frequent_word_has_its_number_and_no_other(words: list[list[str]], minimum: int) -> None:
    documents = [Document("1", "", None, (Sentence(tuple(own)),) if own else (), ()) for own in words]
    everything = [word.lower() for own in words for word in own]
    kept = vocabulary(documents, minimum)
    assert sorted(kept) == sorted(word for word in set(everything) if everything.count(word) >= minimum)
    table = {word: number for number, word in enumerate(kept, start=1)}
    inputs = word_numbers(documents, table)
    numbers = inputs.take(range(len(documents))).tolist()
    assert (inputs.words, inputs.rare) == (len(numbers), numbers.count(RARE))
    assert ["" if number == RARE else kept[number - 1] for number in numbers] == [
        word if word in kept else "" for word in everything
    ]


def test_hidden_states_of_any_documents_in_any_order() -> None:
    states = np.random.default_rng(0).normal(size=(11, 2, 3)).astype(np.float16)
    inputs = state_inputs(states, DOCUMENTS)
    assert inputs.take([0]).dtype == torch.float32
    assert np.array_equal(inputs.take([1]).numpy(), states[6:8].astype(np.float32))
    assert np.array_equal(inputs.take([2, 0]).numpy(), np.concatenate([states[8:], states[:6]]).astype(np.float32))


def test_a_document_without_words_has_no_rows() -> None:
    inputs = state_inputs(np.zeros((2, 1, 3), dtype=np.float16), [text(), text("a b")])
    assert inputs.take([0]).shape == (0, 1, 3)
    assert inputs.take([0, 1]).shape == (2, 1, 3)
    assert word_numbers([text(), text("a b")], {}).take([0]).shape == (0,)
