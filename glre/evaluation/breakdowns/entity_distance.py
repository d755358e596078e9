"""How far apart two entities stand in a document (figure 3 of the paper)."""

import numpy as np
import numpy.typing as npt

from glre.documents.document import Document


def sentence_distances(document: Document) -> npt.NDArray[np.int64]:
    """The least number of sentences between any mention of one entity and any of the other, [entities, entities].

    0 means that some sentence holds both. Memory grows with the entities times the mentions, not with mentions squared.
    """
    mentioned = [np.array([mention.sentence for mention in entity.mentions]) for entity in document.entities]
    distances = np.zeros((len(mentioned), len(mentioned)), dtype=np.int64)
    if not mentioned:
        return distances
    sentences = np.concatenate(mentioned)
    first = np.cumsum([0, *(len(own) for own in mentioned[:-1])])
    for entity, own in enumerate(mentioned):
        nearest = np.abs(sentences - own[:, None]).min(axis=0)
        distances[entity] = np.minimum.reduceat(nearest, first)
    return distances
