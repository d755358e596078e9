import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from tiny_encoders import settings, text

from glre.documents.document import Document
from glre.encoding.frozen import cache
from glre.encoding.frozen.cache import (
    FeatureDescription,
    describe,
    read_description,
    read_states,
    text_hash,
    write_features,
)
from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.tokenization.subwords import Subwords
from glre.errors import InputError

DOCUMENTS = [
    text("the drug was severe", "asthma .", name="1"),
    text("asthma", name="2"),
    text("unknown words too , and more of them than fit a window of the tiny encoder", "the end .", name="3"),
    text("a b", "c", name="4"),
    text("severe asthma", name="5"),
]
BLOCK = 5
"""Subwords in a block, so that there are several."""


class Watched(FrozenEncoder):
    """Remembers how many words each document had that it encoded."""

    def __init__(self, folder: Path) -> None:
        super().__init__(settings(folder))
        self.encoded: list[int] = []

    def encode(self, documents: Sequence[Subwords]) -> list[npt.NDArray[np.float16]]:
        self.encoded += [document.words for document in documents]
        return super().encode(documents)


class KilledError(Exception):
    pass


class Store:
    """Writes and reads one file of hidden states."""

    def __init__(self, folder: Path, encoder: Path) -> None:
        self.path = folder / "features" / "train.npy"
        self.partial = folder / "partial"
        self.encoder = Watched(encoder)
        self.advanced: list[int] = []

    def write(self, documents: Sequence[Document] = DOCUMENTS, stop_after: int = 10**9) -> None:
        """Encode; a kill comes behind block number `stop_after`."""
        self.encoder.encoded.clear()
        self.advanced.clear()

        def advance(subwords: int) -> None:
            self.advanced.append(subwords)
            if len(self.advanced) == stop_after:
                raise KilledError

        subwords = [self.encoder.subwords(document) for document in documents]
        description = describe(self.encoder, "tiny", documents)
        write_features(self.encoder, documents, subwords, description, self.path, self.partial, advance, BLOCK)

    def read(self, documents: Sequence[Document] = DOCUMENTS) -> npt.NDArray[np.float16]:
        return read_states(self.path.parent, documents, lambda _: None)

    @property
    def workspace(self) -> Path:
        return next(self.partial.iterdir())


@pytest.fixture
def store(tmp_path: Path, bert: Path) -> Store:
    return Store(tmp_path / "store", bert)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, bert: Path) -> npt.NDArray[np.float16]:
    whole = Store(tmp_path_factory.mktemp("undisturbed"), bert)
    whole.write()
    return whole.read()


def test_round_trip(store: Store) -> None:
    store.write()
    found = store.read()
    assert isinstance(found, np.memmap)
    assert not found.flags.writeable
    assert found.dtype == np.float16
    expected = store.encoder.encode([store.encoder.subwords(document) for document in DOCUMENTS])
    np.testing.assert_array_equal(found, np.concatenate(expected))
    assert read_description(store.path) == describe(store.encoder, "tiny", DOCUMENTS)
    assert sorted(file.name for file in store.path.parent.iterdir()) == ["train.json", "train.npy"]
    assert list(store.partial.iterdir()) == []


def test_advance_is_told_every_subword(store: Store) -> None:
    store.write()
    assert len(store.advanced) > 2
    assert sum(store.advanced) == sum(len(store.encoder.subwords(document).ids) for document in DOCUMENTS)


def test_documents_of_like_length_are_encoded_together(store: Store) -> None:
    store.write()
    lengths = {d.words: len(store.encoder.subwords(d).ids) for d in DOCUMENTS}
    assert len(lengths) == len(DOCUMENTS)
    encoded = [lengths[words] for words in store.encoder.encoded]
    assert encoded == sorted(encoded)


@pytest.mark.parametrize("block", [1, 2, 3])
def test_a_stopped_run_goes_on_behind_the_last_whole_block(
    store: Store, undisturbed: npt.NDArray[np.float16], block: int
) -> None:
    with pytest.raises(KilledError):
        store.write(stop_after=block)
    first = list(store.encoder.encoded)
    assert not store.path.exists()
    assert read_description(store.path) is None
    store.write()
    assert first
    assert sorted(first + store.encoder.encoded) == sorted(document.words for document in DOCUMENTS)
    assert sum(store.advanced) == sum(len(store.encoder.subwords(document).ids) for document in DOCUMENTS)
    np.testing.assert_array_equal(store.read(), undisturbed)
    assert list(store.partial.iterdir()) == []


def test_stopped_again_and_again(store: Store, undisturbed: npt.NDArray[np.float16]) -> None:
    encoded = []
    for block in (1, 2, 3):
        with pytest.raises(KilledError):
            store.write(stop_after=block)
        encoded += store.encoder.encoded
    store.write()
    assert sorted(encoded + store.encoder.encoded) == sorted(document.words for document in DOCUMENTS)
    np.testing.assert_array_equal(store.read(), undisturbed)


def test_a_block_stopped_half_way_is_encoded_again(store: Store, undisturbed: npt.NDArray[np.float16]) -> None:
    with pytest.raises(KilledError):
        store.write(stop_after=1)
    first = list(store.encoder.encoded)
    table, journal = store.workspace / "states.npy", store.workspace / "done.txt"
    after_one = table.read_bytes()
    with pytest.raises(KilledError):
        store.write(stop_after=2)
    table.write_bytes(after_one)
    assert journal.read_text() == "0\n1\n"
    journal.write_text("0\n1")  # a kill in the middle of a line
    store.write()
    assert sorted(first + store.encoder.encoded) == sorted(document.words for document in DOCUMENTS)
    np.testing.assert_array_equal(store.read(), undisturbed)


def test_a_line_cut_short_does_not_run_into_the_next(store: Store) -> None:
    """Else block 1, noted down behind a lone "1", would pass for block 11."""
    documents = [text("the drug was severe " + "asthma " * number + ".") for number in range(14)]
    with pytest.raises(KilledError):
        store.write(documents, stop_after=1)
    with (store.workspace / "done.txt").open("a") as journal:
        journal.write("1")
    with pytest.raises(KilledError):
        store.write(documents, stop_after=3)
    store.write(documents)
    assert len(store.advanced) == len(documents)
    expected = store.encoder.encode([store.encoder.subwords(document) for document in documents])
    np.testing.assert_allclose(store.read(documents), np.concatenate(expected), rtol=2e-3, atol=1e-3)


def test_a_journal_without_its_states_is_not_believed(store: Store, undisturbed: npt.NDArray[np.float16]) -> None:
    """A kill between moving the finished states away and naming them leaves such a journal."""
    with pytest.raises(KilledError):
        store.write(stop_after=3)
    (store.workspace / "states.npy").unlink()
    with pytest.raises(KilledError):
        store.write(stop_after=1)
    store.write()
    np.testing.assert_array_equal(store.read(), undisturbed)


def test_states_never_stand_beside_the_description_of_others(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(DOCUMENTS)
    whole = cache.written_whole

    def stopped(path: Path) -> AbstractContextManager[Path]:
        if path.suffix == ".json":
            raise KilledError
        return whole(path)

    monkeypatch.setattr(cache, "written_whole", stopped)
    with pytest.raises(KilledError):
        store.write(DOCUMENTS[::-1])
    monkeypatch.undo()
    assert read_description(store.path) is None
    with pytest.raises(InputError):
        store.read(DOCUMENTS)
    store.write(DOCUMENTS[::-1])
    assert store.read(DOCUMENTS[::-1]).shape[0] == sum(document.words for document in DOCUMENTS)


def test_a_stopped_run_of_other_settings_is_left_alone(store: Store, undisturbed: npt.NDArray[np.float16]) -> None:
    with pytest.raises(KilledError):
        store.write(DOCUMENTS[:3], stop_after=1)
    store.write()
    np.testing.assert_array_equal(store.read(), undisturbed)
    assert len(list(store.partial.iterdir())) == 1


def test_states_of_other_text_are_refused(store: Store) -> None:
    store.write()
    for other in (DOCUMENTS[:-1], DOCUMENTS[::-1], [*DOCUMENTS[:-1], text("severe Asthma")], []):
        with pytest.raises(InputError, match="of other documents"):
            store.read(other)


def test_states_that_the_reader_wants_otherwise_are_refused_in_a_line(store: Store) -> None:
    store.write()
    seen = []

    def refusal(description: FeatureDescription) -> str:
        seen.append(description)
        return "layer 7 of another"

    with pytest.raises(InputError) as refused:
        read_states(store.path.parent, DOCUMENTS, refusal)
    assert seen == [read_description(store.path)]
    assert str(refused.value) == (
        f"{store.path}: found hidden states of layers [0, 1, 2] of tiny in float32; "
        "expected those of layer 7 of another; run `glre encode` again"
    )


def test_a_split_is_found_among_others_by_its_text(store: Store, undisturbed: npt.NDArray[np.float16]) -> None:
    store.write()
    store.path.rename(store.path.with_name("a.npy"))
    store.path.with_suffix(".json").rename(store.path.with_name("a.json"))
    store.write(DOCUMENTS[:2])
    np.testing.assert_array_equal(store.read(), undisturbed)
    assert len(store.read(DOCUMENTS[:2])) == sum(document.words for document in DOCUMENTS[:2])


def test_no_states(store: Store) -> None:
    with pytest.raises(InputError, match="no hidden states"):
        store.read()
    store.write()
    store.path.with_suffix(".json").unlink()
    with pytest.raises(InputError, match="no hidden states"):
        store.read()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"encoder": "x"}'])
def test_a_damaged_description_is_none(store: Store, content: str) -> None:
    store.write()
    store.path.with_suffix(".json").write_text(content)
    assert read_description(store.path) is None
    with pytest.raises(InputError, match="no hidden states"):
        store.read()


@pytest.mark.parametrize("kept", [0, 40, 300])
def test_states_cut_short_are_refused(store: Store, kept: int) -> None:
    store.write()
    store.path.write_bytes(store.path.read_bytes()[:kept])
    with pytest.raises(InputError, match=str(store.path)):
        store.read()


def test_a_second_description_equals_the_first(store: Store, bert: Path) -> None:
    first = describe(store.encoder, "tiny", DOCUMENTS)
    again = describe(FrozenEncoder(settings(bert)), "tiny", list(DOCUMENTS))
    assert again == first
    assert again.key == first.key
    assert first.layers == (0, 1, 2)


def test_anything_else_makes_another_key(store: Store) -> None:
    plain = describe(store.encoder, "tiny", DOCUMENTS)
    others = [
        replace(plain, encoder="other"),
        replace(plain, layers=(1, 0)),
        replace(plain, layers=(1,)),
        replace(plain, width=9),
        replace(plain, window=21),
        replace(plain, precision="bfloat16"),
        replace(plain, words=1),
        describe(store.encoder, "tiny", DOCUMENTS[::-1]),
    ]
    assert len({other.key for other in [plain, *others]}) == len(others) + 1


def test_the_text_s_hash_is_that_of_words_and_sentence_borders_alone() -> None:
    plain = text_hash([text("a b", "c")])
    assert text_hash([text("a b", "c", name="other")]) == plain
    different = [
        [text("a", "b c")],
        [text("a b c")],
        [text("a b"), text("c")],
        [text("a b", "C")],
        [text("ab", "c")],
        [text("a bc")],
        [text("a"), text("b", "c")],
    ]
    assert len({plain, *map(text_hash, different)}) == len(different) + 1


def test_the_description_is_plain_json(store: Store) -> None:
    store.write()
    content = json.loads(store.path.with_suffix(".json").read_text())
    assert content["encoder"] == "tiny"
    assert content["layers"] == [0, 1, 2]
    assert content["words"] == sum(document.words for document in DOCUMENTS)
