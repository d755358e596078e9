"""Where a system looked in a document, as far as it can tell: mentions of a pair's entities, other pairs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class MentionWeights:
    """Shares of the mentions of a pair's head and tail, in the mentions' order; those of an entity sum to 1.

    None for an entity of whose mentions the system says nothing.
    """

    head: Weights | None = None
    tail: Weights | None = None


class Evidence(Protocol):
    """Where a system looked in one document; a pair is named by its place among the document's candidate pairs."""

    def mentions(self, pair: int) -> MentionWeights:
        """Shares of the mentions of the pair's entities."""
        ...

    def others(self, pair: int) -> Weights | None:
        """Shares `[pairs]` of all pairs of the document, the pair itself among them; None where it looks at none."""
        ...


Heard = Callable[[int], Evidence | None]
"""Tells of a batch's document, by its place, all of whose pairs were asked for; None from a system that can't tell."""
