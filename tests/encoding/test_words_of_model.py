"""What a trained model's folder says of its words is what they are made from again."""

from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_encoders import settings, text

from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.transformer.location import encoder_identity
from glre.encoding.transformer.pretrained import load_pretrained
from glre.encoding.word_inputs import RARE
from glre.encoding.word_source import CachedStates, ComputedStates, TrainedStates, VectorTable, WordDescription
from glre.encoding.words_of_model import words_of_dataset, words_of_model
from glre.errors import InputError
from glre.settings import WordVectors

DOCUMENTS = [text("the drug was severe", "asthma .", name="1"), text("asthma", name="2")]


def frozen(bert: Path, **changes: Any) -> WordDescription:
    chosen = settings(bert, (-1,))
    plain = {"encoder": chosen, "identity": encoder_identity(chosen), "width": 8, "layers": (2,)}
    return WordDescription.model_validate(plain | changes)


def vectors(*vocabulary: str) -> WordDescription:
    encoder = WordVectors(kind="word_vectors", width=3, path=Path("nowhere.txt"))
    return WordDescription(encoder=encoder, identity="made", width=3, vocabulary=vocabulary)


def test_a_frozen_encoder_computes_for_any_documents(bert: Path, tmp_path: Path) -> None:
    words = frozen(bert)
    source = words_of_model(words, tmp_path)
    assert isinstance(source, ComputedStates)
    assert source.description == words
    states = FrozenEncoder(settings(bert, (2,))).states(DOCUMENTS)
    assert torch.equal(source.inputs(DOCUMENTS).take([0, 1]), torch.from_numpy(states).float())


def test_asked_for_another_precision_the_encoder_computes_in_it(bert: Path, tmp_path: Path) -> None:
    exact, rough = (words_of_model(frozen(bert), tmp_path, precision) for precision in ("float32", "bfloat16"))
    states, others = (source.inputs(DOCUMENTS).take([0]) for source in (exact, rough))
    assert not torch.equal(states, others)
    torch.testing.assert_close(states, others, rtol=0.1, atol=0.1)
    assert rough.description.encoder.precision == "float32", "what it was trained with stays what it was"


def test_another_encoder_than_the_model_was_trained_with_is_refused(bert: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        words_of_model(frozen(bert, identity="sha256:of another"), tmp_path)
    assert refused.value.place == f"{tmp_path}, encoder {bert}"
    assert refused.value.expected == "the one that the model was trained with, sha256:of another"


def test_a_fine_tuned_encoder_is_that_of_the_folder(bert: Path, tmp_path: Path) -> None:
    chosen = settings(bert, (-1,))
    pretrained = load_pretrained(chosen)
    # Where its published weights were plays no part any more.
    words = frozen(bert, fine_tuned=True, identity="gone", encoder=settings("/nowhere", (-1,)))
    TrainedStates(words, pretrained, lambda: pretrained).save(tmp_path)
    for source in (words_of_model(words, tmp_path), words_of_dataset(words, tmp_path, tmp_path / "no features")):
        assert isinstance(source, TrainedStates)
        module = source.module()
        assert len(module(source.inputs(DOCUMENTS).take([0, 1]))) == sum(document.words for document in DOCUMENTS)
        assert (
            module.state_dict().keys()
            == TrainedStates(words, pretrained, lambda: pretrained).module().state_dict().keys()
        )


@pytest.mark.parametrize(("vocabulary", "numbers"), [(("asthma",), [0, 0, 0, 0, 1, 0]), ((), [RARE] * 6)])
def test_word_vectors_need_neither_their_file_nor_features(
    tmp_path: Path, vocabulary: tuple[str, ...], numbers: list[int]
) -> None:
    words = vectors(*vocabulary)
    for source in (words_of_model(words, tmp_path), words_of_dataset(words, tmp_path, tmp_path / "no features")):
        assert isinstance(source, VectorTable)
        assert source.inputs(DOCUMENTS).take([0]).tolist() == numbers
        assert source.module()(source.inputs(DOCUMENTS).take([0])).shape == (6, 3)


def test_of_a_dataset_a_frozen_encoder_s_states_are_read(bert: Path, tmp_path: Path) -> None:
    source = words_of_dataset(frozen(bert), tmp_path / "model", tmp_path / "features")
    assert isinstance(source, CachedStates)
    with pytest.raises(InputError, match="no hidden states") as refused:
        source.inputs(DOCUMENTS)
    assert refused.value.place == str(tmp_path / "features")
