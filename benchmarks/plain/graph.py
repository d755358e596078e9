"""Documents as dense tables: every edge of the document graph (section 3.2) is a number in a nodes × nodes matrix."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from glre.documents.document import Document
from glre.systems.split import Split

EDGES = ("mention_mention", "mention_entity", "mention_sentence", "entity_sentence", "sentence_sentence")


@dataclass(frozen=True, slots=True)
class PlainDocument:
    """One document; nodes are its mentions, then its entities, then its sentences.

    The rows of `mention_words [mentions, words]`, `sentence_words [sentences, words]`, `entity_mentions [entities,
    mentions]` and of each matrix of `adjacency [edges, nodes, nodes]` sum to one or are zero: products are means.
    """

    words: int
    mention_words: Tensor
    sentence_words: Tensor
    entity_mentions: Tensor
    adjacency: Tensor
    sentence_of_mention: Tensor
    pairs: Tensor
    distance: Tensor
    gold: Tensor
    counted: Tensor


@dataclass(frozen=True, slots=True)
class PlainBatch:
    """Several documents, each table padded to the largest of the batch; pairs are listed one after the other."""

    words: Tensor
    """Number of words of each document `[documents]`."""
    mention_words: Tensor
    sentence_words: Tensor
    entity_mentions: Tensor
    adjacency: Tensor
    sentence_of_mention: Tensor
    document_of_pair: Tensor
    pairs: Tensor
    distance: Tensor
    gold: Tensor
    counted: Tensor


def plain_document(split: Split, number: int) -> PlainDocument:
    """The dense tables of one document of `split`."""
    document, pairs, labels = split.documents[number], split.pairs[number], split.labels[number]
    lengths = [len(sentence.words) for sentence in document.sentences]
    mentions = [(e, mention) for e, entity in enumerate(document.entities) for mention in entity.mentions]
    mention_words = torch.zeros(len(mentions), sum(lengths))
    for row, (_, mention) in enumerate(mentions):
        first = document.sentence_offsets[mention.sentence]
        mention_words[row, first + mention.start : first + mention.end] = 1
    sentence_words = torch.zeros(len(lengths), sum(lengths))
    for row, (first, length) in enumerate(zip(document.sentence_offsets, lengths, strict=True)):
        sentence_words[row, first : first + length] = 1
    entity_mentions = torch.zeros(len(document.entities), len(mentions))
    for column, (entity, _) in enumerate(mentions):
        entity_mentions[entity, column] = 1
    begins = mention_words.argmax(dim=1)
    first_word = [int(begins[row > 0].min()) for row in entity_mentions]
    return PlainDocument(
        words=sum(lengths),
        mention_words=_mean_rows(mention_words),
        sentence_words=_mean_rows(sentence_words),
        entity_mentions=_mean_rows(entity_mentions),
        adjacency=_adjacency(document),
        sentence_of_mention=torch.tensor([mention.sentence for _, mention in mentions]),
        pairs=torch.tensor([[pair.head for pair in pairs], [pair.tail for pair in pairs]], dtype=torch.int64),
        distance=torch.tensor([first_word[pair.tail] - first_word[pair.head] for pair in pairs], dtype=torch.int64),
        gold=torch.from_numpy(labels.gold).float(),
        counted=torch.from_numpy(labels.counted),
    )


def plain_batch(documents: Sequence[PlainDocument]) -> PlainBatch:
    """Pad the documents to one another."""
    return PlainBatch(
        words=torch.tensor([document.words for document in documents]),
        mention_words=_padded([document.mention_words for document in documents]),
        sentence_words=_padded([document.sentence_words for document in documents]),
        entity_mentions=_padded([document.entity_mentions for document in documents]),
        adjacency=_padded_adjacency(documents),
        sentence_of_mention=pad_sequence([document.sentence_of_mention for document in documents], batch_first=True),
        document_of_pair=torch.repeat_interleave(
            torch.arange(len(documents)), torch.tensor([document.pairs.shape[1] for document in documents])
        ),
        pairs=torch.cat([document.pairs for document in documents], dim=1),
        distance=torch.cat([document.distance for document in documents]),
        gold=torch.cat([document.gold for document in documents]),
        counted=torch.cat([document.counted for document in documents]),
    )


def _adjacency(document: Document) -> Tensor:
    mentions = [(e, mention.sentence) for e, entity in enumerate(document.entities) for mention in entity.mentions]
    entities, sentences = len(document.entities), len(document.sentences)
    nodes = len(mentions) + entities + sentences
    adjacency = torch.zeros(len(EDGES), nodes, nodes)
    sentence_of = torch.tensor([sentence for _, sentence in mentions])
    adjacency[0, : len(mentions), : len(mentions)] = (sentence_of == sentence_of.unsqueeze(1)).float().fill_diagonal_(0)
    for i, (entity, sentence) in enumerate(mentions):
        entity_node, sentence_node = len(mentions) + entity, len(mentions) + entities + sentence
        for edge, a, b in ((1, i, entity_node), (2, i, sentence_node), (3, entity_node, sentence_node)):
            adjacency[edge, a, b] = adjacency[edge, b, a] = 1
    adjacency[4, -sentences:, -sentences:] = 1 - torch.eye(sentences)
    return _mean_rows(adjacency)


def _mean_rows(table: Tensor) -> Tensor:
    return table / table.sum(dim=-1, keepdim=True).clamp(min=1)


def _padded(tables: Sequence[Tensor]) -> Tensor:
    rows, columns = max(table.shape[0] for table in tables), max(table.shape[1] for table in tables)
    padded = torch.zeros(len(tables), rows, columns)
    for place, table in zip(padded, tables, strict=True):
        place[: table.shape[0], : table.shape[1]] = table
    return padded


def _padded_adjacency(documents: Sequence[PlainDocument]) -> Tensor:
    """`[edges, documents, nodes, nodes]`, where nodes are the padded mentions, entities and sentences in turn."""
    sizes = [
        (len(document.mention_words), len(document.entity_mentions), len(document.sentence_words))
        for document in documents
    ]
    largest = [max(size) for size in zip(*sizes, strict=True)]
    padded = torch.zeros(len(EDGES), len(documents), sum(largest), sum(largest))
    for number, (document, size) in enumerate(zip(documents, sizes, strict=True)):
        starts = (0, largest[0], largest[0] + largest[1])
        nodes = torch.cat([torch.arange(start, start + count) for start, count in zip(starts, size, strict=True)])
        padded[:, number, nodes[:, None], nodes[None, :]] = document.adjacency
    return padded
