"""What each word knows of entities: the number, in its document, and the type of the one that it names."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from glre.documents.document import Document
from glre.systems.layers.bilstm import Padding, padding
from glre.systems.layers.entity_types import type_number
from glre.systems.layout import Indices, LayoutBatch, concatenated, document_of_rows, mention_spans


@dataclass(frozen=True, slots=True)
class EntitiesOfWords:
    """Of each word of a document the entity's number, from 1 on, and type, from 1 on; 0 where it names none."""

    number: Indices
    type: Indices


@dataclass(frozen=True, slots=True)
class YaoBatch:
    """The same of several documents, their layout and padding, and the document of each word."""

    layout: LayoutBatch
    padding: Padding
    number: Tensor
    type: Tensor
    document_of_word: Tensor


def entities_of_words(document: Document) -> EntitiesOfWords:
    """Entities are numbered by their first mentions in the text, never by their order in a file.

    Where mentions overlap, a word is of the one that starts last, or is longest.
    """
    spans: list[list[tuple[int, int]]] = [[] for _ in document.entities]
    for entity, start, end in mention_spans(document):
        spans[entity].append((start, end))
    ordered = sorted(
        zip(document.entities, map(sorted, spans), strict=True), key=lambda own: (own[1], own[0].type, own[0].id)
    )
    numbers, types = np.zeros(document.words, dtype=np.int64), np.zeros(document.words, dtype=np.int64)
    every = [(*span, number, of.type) for number, (of, marked) in enumerate(ordered, start=1) for span in marked]
    for start, end, number, kind in sorted(every):
        numbers[start:end] = number
        types[start:end] = 1 + type_number(kind)
    return EntitiesOfWords(numbers, types)


def batch_entities(prepared: Sequence[EntitiesOfWords], batch: LayoutBatch) -> YaoBatch:
    """Several documents, one after the other."""
    return YaoBatch(
        layout=batch,
        padding=padding(batch.word_counts),
        number=torch.from_numpy(concatenated([own.number for own in prepared])),
        type=torch.from_numpy(concatenated([own.type for own in prepared])),
        document_of_word=document_of_rows(batch.word_counts),
    )
