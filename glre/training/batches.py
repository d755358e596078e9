"""Batches of an epoch: documents of like length together, shuffled."""

import numpy as np

from glre.systems.split import Split

_POOL = 16
"""Batches that are drawn together and sorted by length; a larger pool pads less and shuffles less."""


def epoch_batches(split: Split, size: int, generator: np.random.Generator) -> list[list[int]]:
    """The documents with asked pairs, by number, shuffled into batches of like length, each document once."""
    order = generator.permutation(np.array(split.asked, dtype=np.int64))
    batches = []
    for start in range(0, len(order), size * _POOL):
        pool = sorted(order[start : start + size * _POOL].tolist(), key=lambda number: split.layouts[number].words)
        batches += [pool[i : i + size] for i in range(0, len(pool), size)]
    return [batches[place] for place in generator.permutation(len(batches))]
