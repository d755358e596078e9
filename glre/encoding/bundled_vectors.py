"""Word vectors inside a Python package: a table of them, and their words in its order."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from glre.counted import counted
from glre.encoding.packages import package_folder
from glre.encoding.word_vectors import Vectors
from glre.errors import InputError


def bundled_vectors(package: str, folder: str, wanted: Collection[str], width: int) -> Vectors:
    """The vectors of the wanted (lower-cased) words, in the package's order; of words that differ in case the first.

    InputError where the package is not installed, where `folder` in it has not one table .npy of this width with as
    many words in one .parquet, or where it has none of the words.
    """
    place = package_folder(package) / folder
    try:
        table, words = _tables(place)
    except (OSError, ValueError, pa.ArrowException):
        expected = "a table of word vectors, .npy, and their words, .parquet"
        raise InputError(str(place), "what can't be read as that", expected) from None
    if table.shape != (len(words), width):
        found = f"a table {list(table.shape)} for {counted(len(words), 'word')}"
        raise InputError(str(place), found, f"a vector of {counted(width, 'number')} for each")
    found_at: dict[str, int] = {}
    for row, word in enumerate(map(str.lower, words)):
        if word in wanted:
            found_at.setdefault(word, row)
    if not found_at:
        raise InputError(str(place), "none of the corpus's words", "vectors for words of the corpus")
    return Vectors(tuple(found_at), table[list(found_at.values())].astype(np.float32))


def _tables(folder: Path) -> tuple[np.ndarray, list[str]]:
    (table,), (words,) = folder.glob("*.npy"), folder.glob("*.parquet")
    column = pq.read_table(words).column(0)
    return np.load(table, mmap_mode="r", allow_pickle=False), [str(word) for word in column.to_pylist()]
