"""N/A pairs drawn anew for each epoch (the published DocRED setting keeps half of them)."""

from dataclasses import replace

import numpy as np

from glre.systems.split import Split


def with_negatives(split: Split, share: float, generator: np.random.Generator) -> Split:
    """The split with relations asked for of all positive pairs and, by chance, of this share of the N/A pairs.

    The other pairs stay what they are to every pair, context. With a share of 1 it is the split itself, and nothing is
    drawn.
    """
    if share == 1:
        return split
    layouts = []
    for layout, labels in zip(split.layouts, split.labels, strict=True):
        kept = labels.gold.any(axis=1) | (generator.random(len(labels.counted)) < share)
        layouts.append(replace(layout, asked=np.flatnonzero(kept & labels.counted)))
    return replace(split, layouts=tuple(layouts))
