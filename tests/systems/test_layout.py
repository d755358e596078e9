from dataclasses import fields

import numpy as np
import pytest
import torch
from explicit_graph import mentions_of
from hypothesis import given, settings
from random_documents import A_TO_B, ANY, Corpus, corpora, document, with_gold

from glre.documents.candidates import candidate_pairs
from glre.systems.layout import Layout, document_layout

few = settings(max_examples=40, deadline=None)


@few
@given(corpora())
def test_words_of_nodes_pairs_and_distances(corpus: Corpus) -> None:
    layout = corpus.layout
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
    assert layout.sentence_of_word.tolist() == sentence_of_word
    assert list(zip(layout.mention_of_word.tolist(), layout.mention_words.tolist(), strict=True)) == mention_words
    assert layout.pairs.T.tolist() == pairs
    assert layout.distance.tolist() == distances


@few
@given(corpora())
def test_a_batch_is_its_documents_side_by_side(corpus: Corpus) -> None:
    batch = corpus.layout
    alone = [Corpus((made,), corpus.rules).layout for made in corpus.documents]
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
        for layout in alone:
            parts.append(getattr(layout, name) + start)
            start += sum(layout.word_counts) if counted == "words" else getattr(layout, counted) if counted else 0
        assert torch.equal(getattr(batch, name), torch.cat(parts, dim=-1)), name
    pairs = entities = 0
    for document_slice, layout in zip(batch.documents, alone, strict=True):
        assert document_slice.pairs == slice(pairs, pairs + layout.pairs.shape[1])
        assert document_slice.entities == slice(entities, entities + layout.entities)
        pairs, entities = document_slice.pairs.stop, document_slice.entities.stop


@few
@given(corpora(max_documents=1).flatmap(lambda corpus: with_gold(corpus.documents[0])))
def test_facts_and_excluded_pairs_play_no_part(gold) -> None:
    plain = type(gold)(gold.id, gold.title, gold.text, gold.sentences, gold.entities)
    with_facts, without = (document_layout(made, candidate_pairs(made, ANY)) for made in (gold, plain))
    for field in fields(Layout):
        assert np.array_equal(getattr(with_facts, field.name), getattr(without, field.name)), field.name


def test_a_composite_mention_is_a_node_for_each_of_its_entities() -> None:
    layout = document_layout(document([4], [[(0, 1, 3)], [(0, 1, 3)]]), ())
    assert layout.mentions == 2
    assert layout.entity_of_mention.tolist() == [0, 1]
    assert layout.mention_words.tolist() == [1, 2, 1, 2]
    assert layout.mention_of_word.tolist() == [0, 0, 1, 1]


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
        layout = Corpus(order, A_TO_B).layout
        assert layout.pairs.shape == (2, 1)
        assert layout.distance.tolist() == [2]
        first = len(bare.entities) if order[0] is bare else 0
        assert layout.pairs.tolist() == [[first], [first + 1]]


def test_a_batch_without_any_pair() -> None:
    layout = Corpus((document([3], [[(0, 0, 1)]]), document([2], [])), A_TO_B).layout
    assert layout.pairs.shape == (2, 0)
    assert layout.pairs.dtype == layout.distance.dtype == torch.int64
    assert [(d.pairs, d.entities) for d in layout.documents] == [(slice(0, 0), slice(0, 1)), (slice(0, 0), slice(1, 1))]
