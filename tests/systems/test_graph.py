from dataclasses import fields

import numpy as np
import pytest
import torch
from explicit_graph import KINDS, Edges, Node, edges, mentions_of, nodes
from hypothesis import given, settings
from random_documents import A_TO_B, ANY, Corpus, corpora, document, with_gold
from torch import Tensor

from glre.documents.candidates import candidate_pairs
from glre.systems.glre.graph import DocumentGraph, DocumentSlice, GraphBatch, MentionGroup, batch_graphs, document_graph

few = settings(max_examples=40, deadline=None)


def joined(kind: str, first: list[Node], second: list[Node], ends: tuple[Tensor, Tensor]) -> set[frozenset[Node]]:
    """Edges from index arrays: node `ends[0][i]` of `first` with node `ends[1][i]` of `second`."""
    found = [frozenset({first[i], second[j]}) for i, j in zip(*(end.tolist() for end in ends), strict=True)]
    assert len(set(found)) == len(found), f"{kind}: the same edge twice"
    return set(found)


def groups_of(nodes_by_number: list[Node], group: Tensor) -> set[frozenset[Node]]:
    """Edges between all nodes of the same group."""
    return {
        frozenset({node, other})
        for node, one in zip(nodes_by_number, group.tolist(), strict=True)
        for other, another in zip(nodes_by_number, group.tolist(), strict=True)
        if node != other and one == another
    }


def edges_of(graph: GraphBatch, listed: list[Node]) -> Edges:
    """The edges that the index arrays of a batch stand for."""
    mentions, entities, sentences = (
        [node for node in listed if node[0] == kind] for kind in ("mention", "entity", "sentence")
    )
    assert (graph.mentions, graph.entities, graph.sentences) == (len(mentions), len(entities), len(sentences))
    every_mention = torch.arange(len(mentions))
    return {
        "mention_mention": groups_of(mentions, graph.sentence_of_mention),
        "mention_entity": joined("mention_entity", mentions, entities, (every_mention, graph.entity_of_mention)),
        "mention_sentence": joined("mention_sentence", mentions, sentences, (every_mention, graph.sentence_of_mention)),
        "entity_sentence": joined(
            "entity_sentence", entities, sentences, (graph.entity_sentence[0], graph.entity_sentence[1])
        ),
        "sentence_sentence": groups_of(sentences, graph.document_of_sentence),
    }


@few
@given(corpora())
def test_the_five_kinds_of_edges(corpus: Corpus) -> None:
    found = edges_of(corpus.graph, nodes(corpus.documents))
    expected = edges(corpus.documents)
    for kind in KINDS:
        assert found[kind] == expected[kind], kind


@few
@given(corpora())
def test_words_of_nodes_pairs_and_distances(corpus: Corpus) -> None:
    graph = corpus.graph
    sentence_of_word, mention_words, pairs, distances = [], [], [], []
    word = sentence = entity = mention = 0
    for number, made in enumerate(corpus.documents):
        position = {}
        for s, words in enumerate(made.sentences):
            for i in range(len(words.words)):
                position[s, i] = word + len(position)
            sentence_of_word += [sentence + s] * len(words.words)
        for i, (_, own) in enumerate(mentions_of(made)):
            mention_words += [(mention + i, position[own.sentence, j]) for j in range(own.start, own.end)]
        first = [min(position[m.sentence, m.start] for m in e.mentions) for e in made.entities]
        for pair in corpus.pairs(number):
            pairs.append([entity + pair.head, entity + pair.tail])
            distances.append(first[pair.tail] - first[pair.head])
        word += len(position)
        sentence += len(made.sentences)
        entity += len(made.entities)
        mention += len(mentions_of(made))
    assert graph.sentence_of_word.tolist() == sentence_of_word
    assert list(zip(graph.mention_of_word.tolist(), graph.mention_words.tolist(), strict=True)) == mention_words
    assert graph.pairs.T.tolist() == pairs
    assert graph.distance.tolist() == distances


@few
@given(corpora())
def test_padded_tables_hold_every_document_forwards_and_backwards(corpus: Corpus) -> None:
    graph = corpus.graph
    words = torch.arange(1, corpus.words + 1)
    longest = max(graph.word_counts)
    start = 0
    for number, made in enumerate(corpus.documents):
        own = words[start : start + made.words].tolist()
        start += made.words
        for position, expected in ((graph.padded_position, own), (graph.reversed_position, own[::-1])):
            table = torch.zeros(len(corpus.documents) * longest, dtype=torch.int64).index_copy(0, position, words)
            assert table.view(-1, longest)[number].tolist() == expected + [0] * (longest - len(own))
    assert graph.word_counts == tuple(made.words for made in corpus.documents)


@few
@given(corpora())
def test_mention_groups_hold_every_entity_once_with_all_its_mentions(corpus: Corpus) -> None:
    graph = corpus.graph
    for document_slice in graph.documents:
        found = {}
        for group in document_slice.groups:
            slots = group.mentions.shape[1]
            for entity, mentions, filled in zip(group.entities, group.mentions, group.filled, strict=True):
                assert int(entity) not in found
                own = found[int(entity)] = mentions[filled].tolist()
                assert slots < 2 * len(own)
                assert set(mentions.tolist()) == set(own), "an empty slot points at another entity's mention"
        expected = range(document_slice.entities.start, document_slice.entities.stop)
        assert sorted(found) == list(expected)
        for entity in expected:
            assert found[entity] == (graph.entity_of_mention == entity).nonzero().flatten().tolist()


@few
@given(corpora())
def test_a_batch_is_its_documents_side_by_side(corpus: Corpus) -> None:
    batch = corpus.graph
    alone = [Corpus((made,), corpus.rules).graph for made in corpus.documents]
    shifts = {
        "sentence_of_word": "sentences",
        "mention_words": "words",
        "mention_of_word": "mentions",
        "entity_of_mention": "entities",
        "sentence_of_mention": "sentences",
        "pairs": "entities",
        "distance": "",
    }
    for name, counted in shifts.items():
        parts, start = [], 0
        for graph in alone:
            parts.append(getattr(graph, name) + start)
            start += sum(graph.word_counts) if counted == "words" else getattr(graph, counted) if counted else 0
        assert torch.equal(getattr(batch, name), torch.cat(parts, dim=-1)), name
    pairs = entities = 0
    for document_slice, graph in zip(batch.documents, alone, strict=True):
        assert document_slice.pairs == slice(pairs, pairs + graph.pairs.shape[1])
        assert document_slice.entities == slice(entities, entities + graph.entities)
        pairs, entities = document_slice.pairs.stop, document_slice.entities.stop


@few
@given(corpora(max_documents=1).flatmap(lambda corpus: with_gold(corpus.documents[0])))
def test_facts_and_excluded_pairs_play_no_part(gold) -> None:
    plain = type(gold)(gold.id, gold.title, gold.text, gold.sentences, gold.entities)
    with_facts, without = (document_graph(made, candidate_pairs(made, ANY)) for made in (gold, plain))
    for field in fields(DocumentGraph):
        assert np.array_equal(getattr(with_facts, field.name), getattr(without, field.name)), field.name


def test_a_composite_mention_is_a_node_for_each_of_its_entities() -> None:
    graph = document_graph(document([4], [[(0, 1, 3)], [(0, 1, 3)]]), ())
    assert graph.mentions == 2
    assert graph.entity_of_mention.tolist() == [0, 1]
    assert graph.mention_words.tolist() == [1, 2, 1, 2]
    assert graph.mention_of_word.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("lengths", "mentions", "types"),
    [
        ([3], [], ""),
        ([3], [[(0, 0, 1)]], "a"),
        ([3, 2], [[(0, 0, 1)], [(1, 0, 2)]], "aa"),
        ([], [], ""),
    ],
    ids=["no entity", "one entity", "no pair of the right types", "no sentence"],
)
def test_documents_without_a_pair_in_a_batch(lengths: list[int], mentions: list, types: str) -> None:
    bare = document(lengths, mentions, types)
    other = document([4], [[(0, 0, 1)], [(0, 2, 4)]], "ab")
    for order in ((bare, other), (other, bare), (bare, other, bare)):
        graph = Corpus(order, A_TO_B).graph
        assert graph.pairs.shape == (2, 1)
        assert graph.distance.tolist() == [2]
        first = len(bare.entities) if order[0] is bare else 0
        assert graph.pairs.tolist() == [[first], [first + 1]]


def test_a_batch_without_any_pair() -> None:
    graph = Corpus((document([3], [[(0, 0, 1)]]), document([2], [])), A_TO_B).graph
    assert graph.pairs.shape == (2, 0)
    assert graph.pairs.dtype == graph.distance.dtype == torch.int64
    assert [(d.pairs, d.entities) for d in graph.documents] == [(slice(0, 0), slice(0, 1)), (slice(0, 0), slice(1, 1))]


def test_index_arrays_grow_with_mentions_and_not_with_their_square() -> None:
    def elements(value: object) -> int:
        if isinstance(value, Tensor):
            return value.numel()
        if isinstance(value, tuple):
            return sum(map(elements, value))
        if isinstance(value, DocumentSlice | MentionGroup | GraphBatch):
            return sum(elements(getattr(value, field.name)) for field in fields(value))
        return 0

    def size(mentions: int) -> int:
        spans = [(0, i, i + 1) for i in range(mentions)]
        made = document([mentions], [spans, spans[::2]])
        return elements(batch_graphs([document_graph(made, candidate_pairs(made, ANY))]))

    assert size(1024) < 1024 * 20
    for mentions in (64, 128, 256, 512):
        assert size(2 * mentions) < 2.1 * size(mentions)


def test_a_batch_moves_to_another_device_as_a_whole() -> None:
    made = document([4, 2], [[(0, 0, 1), (1, 0, 1), (1, 1, 2)], [(0, 2, 4)]])
    graph = Corpus((made, made), ANY).graph
    moved = graph.to(torch.device("meta"))

    def tensors(value: object) -> list[Tensor]:
        if isinstance(value, Tensor):
            return [value]
        if isinstance(value, tuple):
            return [tensor for part in value for tensor in tensors(part)]
        if isinstance(value, DocumentSlice | MentionGroup | GraphBatch):
            return [tensor for field in fields(value) for tensor in tensors(getattr(value, field.name))]
        return []

    assert [tensor.shape for tensor in tensors(moved)] == [tensor.shape for tensor in tensors(graph)]
    assert {tensor.device.type for tensor in tensors(moved)} == {"meta"}
    assert moved.word_counts == graph.word_counts
    assert [d.pairs for d in moved.documents] == [d.pairs for d in graph.documents]
    assert graph.to(torch.device("cpu")) is graph
