"""The layout of documents: where words, mentions, entities, sentences and pairs lie. What every system reads.

Documents of a batch stand side by side, all their rows numbered through; nothing is padded here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document, Entity
from glre.encoding.tokenization.subword_batch import moved

Indices = npt.NDArray[np.int64]
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Layout:
    """One document as index arrays, numbered from zero within the document."""

    words: int
    sentences: int
    entities: int
    sentence_of_word: Indices
    """`[words]`"""
    mention_words: Indices
    """Words of the mentions, one mention after the other `[mention words]`."""
    mention_of_word: Indices
    """The mention of each of `mention_words`."""
    entity_of_mention: Indices
    """`[mentions]`, ascending."""
    sentence_of_mention: Indices
    """`[mentions]`"""
    pairs: Indices
    """Head and tail entity of the candidate pairs `[2, pairs]`."""
    distance: Indices
    """Signed distances in words, first mention of the head to that of the tail `[pairs]`."""
    asked: Indices
    """The pairs whose relations are asked for `[asked]`, ascending; the others are context."""

    @property
    def mentions(self) -> int:
        """Number of mentions."""
        return len(self.entity_of_mention)


def document_layout(document: Document, pairs: Sequence[CandidatePair]) -> Layout:
    """The layout of `document`, all pairs asked for; it looks at spans and sentences only, never at facts."""
    offsets = document.sentence_offsets
    lengths = [len(sentence.words) for sentence in document.sentences]
    mentions = [(number, mention) for number, entity in enumerate(document.entities) for mention in entity.mentions]
    spans = [np.arange(start, end) for _, start, end in mention_spans(document)]
    heads, tails = [pair.head for pair in pairs], [pair.tail for pair in pairs]
    first = np.array([_first_word(entity, offsets) for entity in document.entities], dtype=np.int64)
    return Layout(
        words=sum(lengths),
        sentences=len(lengths),
        entities=len(document.entities),
        sentence_of_word=np.repeat(np.arange(len(lengths)), lengths),
        mention_words=concatenated(spans),
        mention_of_word=np.repeat(np.arange(len(spans)), [len(span) for span in spans]).astype(np.int64),
        entity_of_mention=np.array([number for number, _ in mentions], dtype=np.int64),
        sentence_of_mention=np.array([mention.sentence for _, mention in mentions], dtype=np.int64),
        pairs=np.array([heads, tails], dtype=np.int64),
        distance=first[tails] - first[heads] if pairs else np.zeros(0, dtype=np.int64),
        asked=np.arange(len(pairs)),
    )


def mention_spans(document: Document) -> list[tuple[int, int, int]]:
    """Of each mention the number of its entity, its first word in the document, and the one behind its last."""
    offsets = document.sentence_offsets
    return [
        (number, offsets[mention.sentence] + mention.start, offsets[mention.sentence] + mention.end)
        for number, entity in enumerate(document.entities)
        for mention in entity.mentions
    ]


@dataclass(frozen=True, slots=True)
class DocumentSlice:
    """Where one document's rows lie in a batch."""

    words: slice
    sentences: slice
    mentions: slice
    entities: slice
    pairs: slice
    asked: slice


@dataclass(frozen=True, slots=True)
class LayoutBatch:
    """The layouts of several documents side by side. Index tensors are int64, of the shapes that `Layout` says."""

    documents: tuple[DocumentSlice, ...]
    sentence_of_word: Tensor
    mention_words: Tensor
    mention_of_word: Tensor
    entity_of_mention: Tensor
    sentence_of_mention: Tensor
    document_of_sentence: Tensor
    """`[sentences]`"""
    pairs: Tensor
    distance: Tensor
    asked: Tensor
    """The pairs, by their place among `pairs`, that get logits."""
    mentions: int
    entities: int
    sentences: int

    @property
    def word_counts(self) -> tuple[int, ...]:
        """Words of each document."""
        return tuple(document.words.stop - document.words.start for document in self.documents)


def batch_layouts(layouts: Sequence[Layout]) -> LayoutBatch:
    """Put the layouts of several documents side by side."""
    words = starts([layout.words for layout in layouts])
    sentences = starts([layout.sentences for layout in layouts])
    mentions = starts([layout.mentions for layout in layouts])
    entities = starts([layout.entities for layout in layouts])
    pairs = starts([layout.pairs.shape[1] for layout in layouts])
    asked = starts([len(layout.asked) for layout in layouts])

    def joined(name: str, first: Sequence[int]) -> Tensor:
        arrays = [getattr(layout, name) + start for layout, start in zip(layouts, first, strict=False)]
        return torch.from_numpy(np.concatenate(arrays, axis=-1))

    return LayoutBatch(
        documents=tuple(
            DocumentSlice(
                *(slice(of[number], of[number + 1]) for of in (words, sentences, mentions, entities, pairs, asked))
            )
            for number in range(len(layouts))
        ),
        sentence_of_word=joined("sentence_of_word", sentences),
        mention_words=joined("mention_words", words),
        mention_of_word=joined("mention_of_word", mentions),
        entity_of_mention=joined("entity_of_mention", entities),
        sentence_of_mention=joined("sentence_of_mention", sentences),
        document_of_sentence=document_of_rows([layout.sentences for layout in layouts]),
        pairs=joined("pairs", entities),
        distance=torch.from_numpy(concatenated([layout.distance for layout in layouts])),
        asked=joined("asked", pairs),
        mentions=mentions[-1],
        entities=entities[-1],
        sentences=sentences[-1],
    )


def starts(counts: Sequence[int]) -> list[int]:
    """Where each of several runs of rows starts when they stand side by side, and where the last one ends."""
    return [0, *np.cumsum(counts).tolist()]


def document_of_rows(counts: Sequence[int]) -> Tensor:
    """The document of each row `[rows]`, where several documents with so many rows stand side by side."""
    return torch.from_numpy(np.repeat(np.arange(len(counts)), counts))


def concatenated(arrays: Sequence[Indices]) -> Indices:
    """The arrays in one, which may be of none."""
    return np.concatenate(arrays).astype(np.int64) if arrays else np.zeros(0, dtype=np.int64)


def on_device(batch: B, device: torch.device) -> B:
    """A batch, a dataclass of tensors and further dataclasses or tuples of them, with its tensors on `device`."""
    if device.type == "cpu":
        return batch
    moved_batch: B = _on_device(batch, device)
    return moved_batch


def _on_device(value: Any, device: torch.device) -> Any:
    if isinstance(value, Tensor):
        return moved(value, device)
    if isinstance(value, tuple):
        return tuple(_on_device(part, device) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _on_device(getattr(value, field.name), device) for field in fields(value)})
    return value


def _first_word(entity: Entity, offsets: Sequence[int]) -> int:
    return min(offsets[mention.sentence] + mention.start for mention in entity.mentions)
