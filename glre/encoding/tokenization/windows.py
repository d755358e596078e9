"""Windows: the "short paragraphs" in which a document of any length passes through the encoder (section 3.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Window:
    """Subwords `start` to `stop` (exclusive) of a document, encoded together."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """Number of subwords."""
        return self.stop - self.start


def windows(sentence_lengths: Sequence[Sequence[int]], limit: int) -> tuple[Window, ...]:
    """Cut a document into windows of at most `limit` subwords, at sentence boundaries where possible.

    `sentence_lengths` holds, for each sentence, the number of subwords of each of its words. Sentences fill a window
    while they fit. A sentence longer than the limit is cut between words, and a word longer than the limit between
    subwords, so that no subword is lost or encoded twice.
    """
    if limit < 1:
        raise ValueError(f"a window of {limit} subwords")
    cuts = [0]
    position = 0
    for words in sentence_lengths:
        length = sum(words)
        if position + length - cuts[-1] > limit and position > cuts[-1]:
            cuts.append(position)
        if length <= limit:
            position += length
            continue
        for word in words:
            if position + word - cuts[-1] > limit and position > cuts[-1]:
                cuts.append(position)
            position += word
            while position - cuts[-1] > limit:
                cuts.append(cuts[-1] + limit)
    if position > cuts[-1]:
        cuts.append(position)
    return tuple(Window(start, stop) for start, stop in pairwise(cuts))
