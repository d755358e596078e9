import shutil
from pathlib import Path

import numpy as np
import pytest

from glre.errors import InputError
from glre.grid.params import Settings, read_settings
from glre.settings import PretrainedEncoder, WordVectors
from glre.training.data import EncoderSummary, frozen_encoder, prepared, read_splits, word_vectors


@pytest.fixture
def settings(finished: Path) -> Settings:
    assert finished.is_dir()
    return read_settings()


def test_a_split_has_the_hidden_states_of_its_words(settings: Settings) -> None:
    dataset = settings.dataset("sample")
    splits = read_splits("sample", dataset)
    summary = frozen_encoder("sample", "minilm", minilm())
    assert (summary.width, summary.vocabulary) == (384, ())
    for name, made in splits.items():
        ready = prepared("sample", name, made, dataset, "minilm", summary)
        states = np.load(f"data/features/sample/minilm/{name}.npy")
        assert ready.documents == tuple(made)
        assert len(states) == sum(document.words for document in made)
        before = sum(document.words for document in made[:2])
        taken = ready.inputs.take([2])
        assert taken.shape == (made[2].words, 1, 384)
        assert np.array_equal(taken.numpy(), states[before : before + made[2].words].astype(np.float32))


def test_features_that_are_not_there_name_their_command(settings: Settings) -> None:
    with pytest.raises(InputError, match=r"glre encode --dataset sample --encoder other"):
        frozen_encoder("sample", "other", minilm())
    assert settings.datasets


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
        prepared("sample", "train", made, dataset, "minilm", frozen_encoder("sample", "minilm", minilm()))


def test_vectors_that_are_learned_are_of_the_words_frequent_in_train(settings: Settings) -> None:
    splits = read_splits("sample", settings.dataset("sample"))
    chosen = WordVectors(kind="word_vectors", width=7, minimum_count=3)
    summary = word_vectors(chosen, splits)
    words = [w.lower() for document in splits["train"] for sentence in document.sentences for w in sentence.words]
    assert set(summary.vocabulary) == {word for word in words if words.count(word) >= 3}
    assert (summary.width, summary.vectors, summary.identity) == (7, None, "word vectors learned with the model")


def test_vectors_of_a_file_are_of_all_words_it_has(settings: Settings, tmp_path: Path) -> None:
    splits = read_splits("sample", settings.dataset("sample"))
    of_test = {w.lower() for document in splits["test"] for sentence in document.sentences for w in sentence.words}
    of_train = {w.lower() for document in splits["train"] for sentence in document.sentences for w in sentence.words}
    only_in_test = min(of_test - of_train)
    file = tmp_path / "vectors.txt"
    file.write_text(f"the 1 2 3\n{only_in_test} 4 5 6\nnowhere-in-the-sample 7 8 9\n")
    summary = word_vectors(WordVectors(kind="word_vectors", path=file, width=3), splits)
    assert isinstance(summary.vectors, np.ndarray)
    assert dict(zip(summary.vocabulary, summary.vectors.tolist(), strict=True)) == {
        "the": [1, 2, 3],
        only_in_test: [4, 5, 6],
    }
    assert summary.identity == "word vectors of vectors.txt"


def test_words_become_numbers_of_their_vectors(settings: Settings) -> None:
    dataset = settings.dataset("sample")
    made = read_splits("sample", dataset)["dev"]
    ready = prepared("sample", "dev", made, dataset, "word_vectors", EncoderSummary("some", 3, ("the", "of")))
    words = [word.lower() for sentence in made[0].sentences for word in sentence.words]
    assert ready.inputs.take([0]).tolist() == [{"the": 1, "of": 2}.get(word, 0) for word in words]
