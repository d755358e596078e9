from pathlib import Path

import numpy as np
import pytest

from glre.encoding.word_vectors import read_vectors
from glre.errors import InputError

GLOVE = "the 0.1 -2 3e-1\nasthma 1 2 3\ndrug 4 5 6\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vectors.txt"


def read(path: Path, content: str | bytes, *wanted: str, width: int = 3) -> dict[str, list[float]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    file = read_vectors(path, set(wanted), width)
    assert file.vectors.shape == (len(file.words), width)
    assert file.vectors.dtype == np.float32
    return dict(zip(file.words, file.vectors.tolist(), strict=True))


def test_glove(path: Path) -> None:
    found = read(path, GLOVE, "drug", "the", "absent")
    assert list(found) == ["the", "drug"]
    assert found["the"] == pytest.approx([0.1, -2, 0.3])
    assert found["drug"] == [4, 5, 6]


def test_word2vec_has_a_line_with_its_size_and_spaces_at_the_ends(path: Path) -> None:
    content = "2 3\nasthma 1 2 3 \ndrug 4 5 6 \n"
    assert read(path, content, "asthma", "drug", "2") == {"asthma": [1, 2, 3], "drug": [4, 5, 6]}


def test_windows_line_ends(path: Path) -> None:
    assert read(path, "asthma 1 2 3\r\ndrug 4 5 6\r\n", "asthma", "drug") == {"asthma": [1, 2, 3], "drug": [4, 5, 6]}


def test_no_newline_at_the_end(path: Path) -> None:
    assert read(path, "asthma 1 2 3\ndrug 4 5 6", "drug") == {"drug": [4, 5, 6]}


def test_words_are_lower_cased_and_the_first_of_repeated_ones_counts(path: Path) -> None:
    content = "Asthma 1 2 3\nasthma 4 5 6\nASTHMA 7 8 9\n"
    assert read(path, content, "asthma") == {"asthma": [1, 2, 3]}


def test_words_with_spaces_in_them(path: Path) -> None:
    content = "at name@domain.com 1 2 3\n. . . 4 5 6\nasthma 7 8 9\n"
    assert read(path, content, "asthma", ". . .") == {". . .": [4, 5, 6], "asthma": [7, 8, 9]}


def test_words_of_any_script(path: Path) -> None:
    content = "β₂ 1 2 3\n日本 4 5 6\nÅngström 7 8 9\n"
    assert read(path, content, "β₂", "日本", "ångström") == {"β₂": [1, 2, 3], "日本": [4, 5, 6], "ångström": [7, 8, 9]}


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        ("asthma 1 2\ndrug 4 5 6\n", 1, "2 numbers"),
        ("asthma 1 2 3\ndrug 4 5\n", 2, "2 numbers"),
        ("asthma 1 2 3\n\ndrug 4 5 6\n", 2, "0 numbers"),
        ("2 3\nasthma 1 2\n", 2, "2 numbers"),
        ("asthma 1 2 x\n", 1, "something else than numbers"),
        ("asthma 1 2 3\ndrug 1,0 2 3\n", 2, "something else than numbers"),
        ("asthma 1 nan 3\n", 1, "not finite"),
        ("asthma 1 2 -inf\n", 1, "not finite"),
        ("asthma 1 2 1e39\n", 1, "not finite"),
    ],
)
def test_a_line_that_is_no_vector_is_named(path: Path, content: str, line: int, found: str) -> None:
    with pytest.raises(InputError) as refused:
        read(path, content, "asthma", "drug")
    assert refused.value.place == f"{path}, line {line}"
    assert found in refused.value.found


@pytest.mark.parametrize("content", ["asthma 1 2 3 4\ndrug 5 6 7 8\n", "2 4\nasthma 1 2 3 4\ndrug 5 6 7 8\n"])
def test_wider_vectors_than_asked_for_are_named_as_such(path: Path, content: str) -> None:
    with pytest.raises(InputError) as refused:
        read(path, content, "asthma", "drug")
    assert refused.value.found == "4 numbers"
    assert refused.value.expected == "a word and 3 numbers"


@pytest.mark.parametrize("content", ["", "2 3\n", GLOVE])
def test_none_of_the_words(path: Path, content: str) -> None:
    with pytest.raises(InputError, match="none of the corpus's words"):
        read(path, content, "zinc")


@pytest.mark.parametrize("content", [b"asthma 1 2 3\ncaf\xe9 1 2 3\n", b"\x1f\x8b\x08\x00\x00\x00"])
def test_bytes_that_are_not_utf_8(path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="not UTF-8"):
        read(path, content, "asthma")


def test_no_such_file(path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_vectors(path, {"asthma"}, 3)


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=str(tmp_path)):
        read_vectors(tmp_path, {"asthma"}, 3)
