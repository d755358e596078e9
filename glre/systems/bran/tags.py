"""Tags of words, from the mentions that are given: outside of any, the first of one, further in it (section 2.4)."""

import numpy as np

from glre.documents.document import Document
from glre.systems.layers.entity_types import TYPES, type_number
from glre.systems.layout import Indices, mention_spans

TAGS = 1 + 2 * TYPES
"""Outside, and two for each type."""


def word_tags(document: Document) -> Indices:
    """The tag of each word `[words]`; where mentions overlap the one that starts last, or is longest, counts."""
    tags = np.zeros(document.words, dtype=np.int64)
    spans = {(start, end, document.entities[number].type) for number, start, end in mention_spans(document)}
    for start, end, kind in sorted(spans):
        first = 1 + 2 * type_number(kind)
        tags[start:end] = first + 1
        tags[start] = first
    return tags
