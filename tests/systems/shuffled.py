"""Documents with their entities and their pairs in another order, and scores by names instead of places."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document
from glre.evaluation.document_scores import DocumentScores
from glre.evaluation.gold import PairLabels
from glre.systems.layout import document_layout
from glre.systems.split import Split

Pairs = tuple[CandidatePair, ...]
Named = dict[tuple[str, str, str], np.ndarray]
"""Scores of all relations by document, head and tail."""


def shuffled(document: Document, pairs: Sequence[CandidatePair], seed: int) -> tuple[Document, Pairs]:
    """The document with its entities, and its pairs with themselves, in another order."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(document.entities)).tolist()
    place = {old: new for new, old in enumerate(order)}
    moved = [CandidatePair(place[pair.head], place[pair.tail]) for pair in pairs]
    return (
        replace(document, entities=tuple(document.entities[old] for old in order)),
        tuple(moved[number] for number in chance.permutation(len(moved)).tolist()),
    )


def with_shuffled(split: Split, seed: int) -> Split:
    """The split with every document shuffled; its words stay."""
    made = [shuffled(*both, seed) for both in zip(split.documents, split.pairs, strict=True)]
    return with_documents(split, [document for document, _ in made], [pairs for _, pairs in made])


def with_documents(split: Split, documents: Sequence[Document], pairs: Sequence[Pairs]) -> Split:
    """The split with these documents of the same words, and their pairs, in the place of its own; without labels."""
    layouts = tuple(document_layout(document, own) for document, own in zip(documents, pairs, strict=True))
    return replace(
        split,
        documents=tuple(documents),
        pairs=tuple(pairs),
        layouts=layouts,
        prepared=tuple(split.network.prepare(*both) for both in zip(documents, layouts, strict=True)),
        labels=tuple(
            PairLabels(np.zeros((len(own), labels.gold.shape[1]), np.bool_), np.ones(len(own), np.bool_), 0)
            for own, labels in zip(pairs, split.labels, strict=True)
        ),
    )


def by_name(documents: Sequence[Document], scores: Sequence[DocumentScores]) -> Named:
    """The scores of each pair, named by its document and entities."""
    return {
        (document.id, document.entities[pair.head].id, document.entities[pair.tail].id): row
        for document, scored in zip(documents, scores, strict=True)
        for pair, row in zip(scored.pairs, scored.scores, strict=True)
    }


def furthest(one: Named, other: Named) -> float:
    """The largest difference between the scores of the same pairs."""
    assert one.keys() == other.keys()
    return max(float(np.abs(row - other[name]).max()) for name, row in one.items())
