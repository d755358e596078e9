from dataclasses import fields, is_dataclass

import torch
from explicit_graph import KINDS, Edges, Node, edges, nodes
from hypothesis import given, settings
from random_documents import ANY, Corpus, corpora, document
from torch import Tensor

from glre.systems.glre.graph import GraphBatch
from glre.systems.layout import on_device

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
    assert (graph.layout.mentions, graph.layout.entities, graph.layout.sentences) == (
        len(mentions),
        len(entities),
        len(sentences),
    )
    every_mention = torch.arange(len(mentions))
    return {
        "mention_mention": groups_of(mentions, graph.layout.sentence_of_mention),
        "mention_entity": joined("mention_entity", mentions, entities, (every_mention, graph.layout.entity_of_mention)),
        "mention_sentence": joined(
            "mention_sentence", mentions, sentences, (every_mention, graph.layout.sentence_of_mention)
        ),
        "entity_sentence": joined(
            "entity_sentence", entities, sentences, (graph.entity_sentence[0], graph.entity_sentence[1])
        ),
        "sentence_sentence": groups_of(sentences, graph.layout.document_of_sentence),
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
def test_mention_groups_hold_every_entity_once_with_all_its_mentions(corpus: Corpus) -> None:
    graph = corpus.graph
    for document_slice, groups in zip(graph.layout.documents, graph.groups, strict=True):
        found = {}
        for group in groups:
            slots = group.mentions.shape[1]
            for entity, mentions, filled in zip(group.entities, group.mentions, group.filled, strict=True):
                assert int(entity) not in found
                own = found[int(entity)] = mentions[filled].tolist()
                assert slots < 2 * len(own)
                assert set(mentions.tolist()) == set(own), "an empty slot points at another entity's mention"
        expected = range(document_slice.entities.start, document_slice.entities.stop)
        assert sorted(found) == list(expected)
        for entity in expected:
            assert found[entity] == (graph.layout.entity_of_mention == entity).nonzero().flatten().tolist()


def test_index_arrays_grow_with_mentions_and_not_with_their_square() -> None:
    def elements(value: object) -> int:
        if isinstance(value, Tensor):
            return value.numel()
        if isinstance(value, tuple):
            return sum(map(elements, value))
        if is_dataclass(value):
            return sum(elements(getattr(value, field.name)) for field in fields(value))
        return 0

    def size(mentions: int) -> int:
        spans = [(0, i, i + 1) for i in range(mentions)]
        made = document([mentions], [spans, spans[::2]])
        return elements(Corpus((made,), ANY).graph)

    assert size(1024) < 1024 * 20
    for mentions in (64, 128, 256, 512):
        assert size(2 * mentions) < 2.1 * size(mentions)


def test_a_batch_moves_to_another_device_as_a_whole() -> None:
    made = document([4, 2], [[(0, 0, 1), (1, 0, 1), (1, 1, 2)], [(0, 2, 4)]])
    graph = Corpus((made, made), ANY).graph
    moved = on_device(graph, torch.device("meta"))

    def tensors(value: object) -> list[Tensor]:
        if isinstance(value, Tensor):
            return [value]
        if isinstance(value, tuple):
            return [tensor for part in value for tensor in tensors(part)]
        if is_dataclass(value):
            return [tensor for field in fields(value) for tensor in tensors(getattr(value, field.name))]
        return []

    assert [tensor.shape for tensor in tensors(moved)] == [tensor.shape for tensor in tensors(graph)]
    assert {tensor.device.type for tensor in tensors(moved)} == {"meta"}
    assert moved.layout.word_counts == graph.layout.word_counts
    assert moved.layout.documents == graph.layout.documents
    assert on_device(graph, torch.device("cpu")) is graph
