"""Which other pairs of a document are told of, where a system looks at them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from glre.systems.evidence import Weights

MOST = 5
"""Pairs that are told of."""
LEAST = 0.001
"""Share below which a pair is not told of."""


@dataclass(frozen=True, slots=True)
class OtherPair:
    """Another pair of the document, by its place among the candidate pairs, and its share of the attention."""

    place: int
    weight: float


def shown_pairs(weights: Weights, pair: int) -> Iterator[OtherPair]:
    """Of the shares `[pairs]` that go with a pair, the largest of other pairs, largest first."""
    order = np.argsort(-weights, kind="stable")[: MOST + 1].tolist()
    for place in [place for place in order if place != pair and weights[place] >= LEAST][:MOST]:
        yield OtherPair(place, float(weights[place]))
