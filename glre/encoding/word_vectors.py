"""Word vectors from a text file in the format of GloVe or word2vec: a word and its numbers on each line."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from glre.counted import counted
from glre.errors import InputError


@dataclass(frozen=True)
class Vectors:
    """The vectors of some words, `vectors [words, width]`."""

    words: tuple[str, ...]
    vectors: npt.NDArray[np.float32]


def read_vectors(path: Path, wanted: Collection[str], width: int) -> Vectors:
    """The vectors of the wanted (lower-cased) words, in the file's order; of repeated words the first.

    A first line of two numbers (word2vec) is skipped. InputError names the line that does not hold a word and `width`
    numbers, or says that the file has none of the words.
    """
    found: dict[str, npt.NDArray[np.float32]] = {}
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                # From the right, since some published files have words with spaces in them.
                word, *values = line.rstrip().rsplit(" ", width)
                if number == 1 and len(line.split()) == 2:
                    continue
                place = f"{path}, line {number}"
                # Only the first vector is looked at: further down a number may be part of a word.
                more = [part for part in word.split(" ")[1:] if number <= 2 and _is_number(part)]
                if len(values) != width or more:
                    raise InputError(
                        place, counted(len(values) + len(more), "number"), f"a word and {counted(width, 'number')}"
                    )
                word = word.lower()
                if word in wanted and word not in found:
                    found[word] = _numbers(values, place)
    except FileNotFoundError:
        raise InputError(str(path), "no such file", "a text file of word vectors") from None
    except OSError as error:
        raise InputError(str(path), str(error.strerror).lower(), "a text file of word vectors") from None
    except UnicodeDecodeError:
        raise InputError(str(path), "bytes that are not UTF-8", "a text file of word vectors") from None
    if not found:
        raise InputError(str(path), "none of the corpus's words", "vectors for words of the corpus")
    return Vectors(tuple(found), np.stack(list(found.values())))


def _numbers(values: list[str], place: str) -> npt.NDArray[np.float32]:
    try:
        with np.errstate(over="ignore"):
            vector = np.array(values, dtype=np.float32)
    except ValueError:
        raise InputError(place, "something else than numbers behind the word", "numbers") from None
    if not np.isfinite(vector).all():
        raise InputError(place, "a number that is not finite", "finite numbers")
    return vector


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
