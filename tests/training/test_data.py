"""The splits of a dataset and the source of their words, out of a folder in which every stage has run."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from glre import paths
from glre.documents.document import Document
from glre.encoding.word_inputs import RARE
from glre.encoding.word_source import CachedStates, TrainedStates, VectorTable, WordSource
from glre.errors import InputError
from glre.grid.params import Settings, read_settings
from glre.settings import FineTuning, PretrainedEncoder, WordVectors
from glre.training.data import read_splits, word_source

FEATURES = paths.features("sample", "minilm")


@pytest.fixture
def settings(finished: Path) -> Settings:
    assert finished.is_dir()
    return read_settings()


def minilm(**changes: object) -> PretrainedEncoder:
    found = read_settings().encoder("minilm")
    assert isinstance(found, PretrainedEncoder)
    return found.model_copy(update=changes)


def frozen(encoder: PretrainedEncoder, features: Path = FEATURES) -> WordSource:
    return word_source(encoder, None, {}, features)


def words_of(*documents: Document) -> list[str]:
    return [word.lower() for document in documents for sentence in document.sentences for word in sentence.words]


def test_a_split_has_the_hidden_states_of_its_words(settings: Settings) -> None:
    splits = read_splits("sample", settings.dataset("sample"))
    assert list(splits) == ["train", "dev", "test"]
    source = frozen(minilm())
    assert isinstance(source, CachedStates)
    assert (source.description.width, source.description.layers, source.description.vocabulary) == (384, (4,), ())
    for name, made in splits.items():
        states = np.load(f"data/features/sample/minilm/{name}.npy")
        assert len(states) == sum(document.words for document in made)
        before = sum(document.words for document in made[:2])
        taken = source.inputs(made).take([2])
        assert taken.shape == (made[2].words, 1, 384)
        assert np.array_equal(taken.numpy(), states[before : before + made[2].words].astype(np.float32))


@pytest.mark.usefixtures("settings")
def test_features_that_are_not_there_name_their_command() -> None:
    with pytest.raises(InputError, match=r"found no hidden states; .*glre encode --dataset sample --encoder other`"):
        frozen(minilm(), paths.features("sample", "other"))


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    "changes",
    [{"layers": (3,)}, {"layers": (4, 4)}, {"layers": (-1,)}, {"precision": "bfloat16"}],
    ids=["another layer", "more layers", "the last layer", "another precision"],
)
def test_features_that_params_do_not_ask_for_are_refused_in_a_line(changes: dict[str, object]) -> None:
    with pytest.raises(InputError) as refused:
        frozen(minilm(**changes))
    identity = json.loads((FEATURES / "train.json").read_text())["encoder"]
    assert str(refused.value) == (
        f"{FEATURES / 'train.npy'}: found hidden states of layers [4] of {identity} in float32; expected those that "
        "params.yaml asks for; run `glre encode --dataset sample --encoder minilm` again"
    )


@pytest.mark.usefixtures("settings")
def test_a_layer_counted_from_the_last_is_the_one_that_it_comes_to() -> None:
    source = frozen(minilm(layers=(-3,)))
    assert source.description.layers == (4,)
    assert source.description.encoder.layers == (-3,)


def test_features_of_another_encoder_are_refused(own_folder: Path) -> None:
    beside = own_folder / FEATURES / "train.json"
    beside.write_text(json.dumps(json.loads(beside.read_text()) | {"encoder": "sha256:0"}))
    with pytest.raises(InputError, match=r"found hidden states of layers .* of sha256:0"):
        frozen(minilm())


def test_features_of_other_text_are_refused(own_folder: Path) -> None:
    for suffix in (".json", ".npy"):
        shutil.copy(own_folder / FEATURES / f"dev{suffix}", own_folder / FEATURES / f"train{suffix}")
    made = read_splits("sample", read_settings().dataset("sample"))["train"]
    with pytest.raises(InputError, match="hidden states of other documents"):
        frozen(minilm()).inputs(made)


@pytest.mark.usefixtures("settings")
def test_to_be_fine_tuned_an_encoder_needs_no_features() -> None:
    source = word_source(minilm(layers=(-1,)), FineTuning(learning_rate=1e-5), {}, Path("nowhere"))
    assert isinstance(source, TrainedStates)
    assert (source.description.fine_tuned, source.description.layers) == (True, (6,))
    assert source.description.identity == json.loads((FEATURES / "train.json").read_text())["encoder"]


def test_vectors_that_are_learned_are_of_the_words_frequent_in_train(settings: Settings) -> None:
    splits = read_splits("sample", settings.dataset("sample"))
    source = word_source(WordVectors(kind="word_vectors", width=7, minimum_count=3), None, splits, Path("nowhere"))
    assert isinstance(source, VectorTable)
    words = words_of(*splits["train"])
    assert set(source.description.vocabulary) == {word for word in words if words.count(word) >= 3}
    assert (source.description.width, source.description.identity) == (7, "word vectors, learned with the model")


def test_vectors_of_a_file_are_of_all_words_it_has(settings: Settings, tmp_path: Path) -> None:
    splits = read_splits("sample", settings.dataset("sample"))
    only_in_test = min(set(words_of(*splits["test"])) - set(words_of(*splits["train"])))
    file = tmp_path / "vectors.txt"
    file.write_text(f"the 1 2 3\n{only_in_test} 4 5 6\nnowhere-in-the-sample 7 8 9\n")
    source = word_source(WordVectors(kind="word_vectors", path=file, width=3), None, splits, Path("nowhere"))
    assert source.description.identity == "word vectors, vectors.txt, frozen"
    vectors = source.module().state_dict()["vectors"][1:]
    assert dict(zip(source.description.vocabulary, vectors.tolist(), strict=True)) == {
        "the": [1, 2, 3],
        only_in_test: [4, 5, 6],
    }


def test_words_become_numbers_of_their_vectors(settings: Settings) -> None:
    splits = read_splits("sample", settings.dataset("sample"))
    source = word_source(WordVectors(kind="word_vectors", width=3), None, splits, Path("nowhere"))
    numbers = {word: number for number, word in enumerate(source.description.vocabulary, start=1)}
    first = splits["dev"][0]
    assert source.inputs(splits["dev"]).take([0]).tolist() == [numbers.get(word, RARE) for word in words_of(first)]


def test_where_all_words_are_rare_they_are_numbers_still(settings: Settings) -> None:
    splits = read_splits("sample", settings.dataset("sample"))
    source = word_source(WordVectors(kind="word_vectors", width=3, minimum_count=10**6), None, splits, FEATURES)
    assert source.description.vocabulary == ()
    assert source.inputs(splits["dev"]).take([0]).tolist() == [RARE] * splits["dev"][0].words
