import shutil
from pathlib import Path

import numpy as np
import pytest

from glre.encoding.word_modules import WordVectorTable
from glre.errors import InputError
from glre.grid.params import Settings, read_settings
from glre.settings import PretrainedEncoder, WordVectors
from glre.training.data import read_splits, word_source

FEATURES = Path("data/features/sample/minilm")


@pytest.fixture
def settings(finished: Path) -> Settings:
    assert finished.is_dir()
    return read_settings()


def test_a_split_has_the_hidden_states_of_its_words(settings: Settings) -> None:
    dataset = settings.dataset("sample")
    splits = read_splits("sample", dataset)
    source = word_source(minilm(), None, splits, FEATURES)
    words = source.description
    assert (words.width, words.layers, words.vocabulary, words.fine_tuned) == (384, (4,), (), False)
    for name, made in splits.items():
        inputs = source.inputs(made)
        states = np.load(f"data/features/sample/minilm/{name}.npy")
        assert len(states) == sum(document.words for document in made)
        before = sum(document.words for document in made[:2])
        taken = inputs.take([2])
        assert taken.shape == (made[2].words, 1, 384)
        assert np.array_equal(taken.numpy(), states[before : before + made[2].words].astype(np.float32))


def test_features_that_are_not_there_name_their_command(settings: Settings) -> None:
    with pytest.raises(InputError, match=r"glre encode --dataset sample --encoder other"):
        word_source(minilm(), None, {}, FEATURES.with_name("other"))
    assert settings.datasets


@pytest.mark.parametrize("change", [{"layers": (5,)}, {"layers": (3, 4)}, {"precision": "bfloat16"}])
def test_features_of_another_layer_or_precision_are_refused(settings: Settings, change: dict) -> None:
    assert settings.datasets
    asked = PretrainedEncoder.model_validate(minilm().model_dump() | change)
    with pytest.raises(InputError, match=r"found hidden states of layers \[4\] of .*; expected those that params"):
        word_source(asked, None, {}, FEATURES)


def minilm() -> PretrainedEncoder:
    found = read_settings().encoder("minilm")
    assert isinstance(found, PretrainedEncoder)
    return found


def test_features_of_other_text_are_refused(own_folder: Path) -> None:
    dataset = read_settings().dataset("sample")
    features = own_folder / "data/features/sample/minilm"
    for suffix in (".json", ".npy"):
        shutil.copy(features / f"dev{suffix}", features / f"train{suffix}")
    made = read_splits("sample", dataset)["train"]
    with pytest.raises(InputError, match="hidden states of other documents"):
        word_source(minilm(), None, {}, FEATURES).inputs(made)


def test_vectors_that_are_learned_are_of_the_words_frequent_in_train(settings: Settings) -> None:
    splits = read_splits("sample", settings.dataset("sample"))
    chosen = WordVectors(kind="word_vectors", width=7, minimum_count=3)
    found = word_source(chosen, None, splits, FEATURES).description
    words = [w.lower() for document in splits["train"] for sentence in document.sentences for w in sentence.words]
    assert set(found.vocabulary) == {word for word in words if words.count(word) >= 3}
    assert (found.width, found.identity) == (7, "word vectors learned with the model")


def test_where_all_words_are_rare_they_share_one_vector(settings: Settings) -> None:
    splits = read_splits("sample", settings.dataset("sample"))
    source = word_source(WordVectors(kind="word_vectors", width=7, minimum_count=10**6), None, splits, FEATURES)
    assert source.description.vocabulary == ()
    assert isinstance(source.module(), WordVectorTable)
    assert source.module()(source.inputs(splits["dev"]).take([0])).unique(dim=0).shape == (1, 7)


def test_vectors_of_a_file_are_of_all_words_it_has(settings: Settings, tmp_path: Path) -> None:
    splits = read_splits("sample", settings.dataset("sample"))
    of_test = {w.lower() for document in splits["test"] for sentence in document.sentences for w in sentence.words}
    of_train = {w.lower() for document in splits["train"] for sentence in document.sentences for w in sentence.words}
    only_in_test = min(of_test - of_train)
    file = tmp_path / "vectors.txt"
    file.write_text(f"the 1 2 3\n{only_in_test} 4 5 6\nnowhere-in-the-sample 7 8 9\n")
    source = word_source(WordVectors(kind="word_vectors", path=file, width=3), None, splits, FEATURES)
    vectors = source.module().state_dict()["vectors.weight"][1:]
    assert dict(zip(source.description.vocabulary, vectors.tolist(), strict=True)) == {
        "the": [1, 2, 3],
        only_in_test: [4, 5, 6],
    }
    assert source.description.identity == "word vectors of vectors.txt"
