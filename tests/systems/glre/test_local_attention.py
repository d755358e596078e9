import pytest
import torch
from equations import local_attention
from explicit_graph import mentions_of
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import ANY, Corpus, corpora, document, large_document

from glre.systems.glre.local_representation import LocalAttention

QUERY, NODE, HIDDEN = 5, 4, 6
few = settings(max_examples=25, deadline=None)


def module(heads: int, dropout: float = 0.0) -> LocalAttention:
    made = LocalAttention(QUERY, NODE, HIDDEN, heads, dropout).double().eval()
    torch.nn.init.normal_(made.norm.weight)
    torch.nn.init.normal_(made.norm.bias)
    return made


@few
@given(corpora(), st.sampled_from([1, 2, 3]), st.integers(0, 1000))
def test_agrees_with_the_equations_in_both_roles(corpus: Corpus, heads: int, seed: int) -> None:
    torch.manual_seed(seed)
    graph, attention = corpus.graph, module(heads)
    partners = torch.randn(graph.layout.entities, QUERY, dtype=torch.float64)
    mentions = torch.randn(graph.layout.mentions, NODE, dtype=torch.float64)
    sentences = torch.randn(graph.layout.sentences, NODE, dtype=torch.float64)

    own: list[list[tuple[int, int]]] = []  # of each entity, its mentions and their sentences
    mention = sentence = 0
    for made in corpus.documents:
        listed = mentions_of(made)
        for entity in range(len(made.entities)):
            own.append([(mention + i, sentence + m.sentence) for i, (e, m) in enumerate(listed) if e == entity])
        mention += len(listed)
        sentence += len(made.sentences)

    heads_of_pairs, tails_of_pairs = graph.layout.pairs
    for attended, asking in ((heads_of_pairs, tails_of_pairs), (tails_of_pairs, heads_of_pairs)):
        found = attention(partners, mentions, sentences, graph, attended, asking)
        assert found.shape == (len(attended), HIDDEN)
        for row, a, b in zip(found, attended.tolist(), asking.tolist(), strict=True):
            keys = [sentences[s] for _, s in own[a]]
            values = [mentions[m] for m, _ in own[a]]
            expected = local_attention(attention, partners[b], keys, values)
            torch.testing.assert_close(row, expected, rtol=1e-9, atol=1e-9)


def test_only_the_attended_entity_and_its_partner_matter() -> None:
    """A pair's vector does not change with the queries, mentions or sentences of anything else."""
    corpus = Corpus((large_document(1, [9] * 5, [3, 1, 7, 2]), large_document(2, [6] * 3, [4, 4, 1])), ANY)
    graph, attention = corpus.graph, module(2)
    torch.manual_seed(0)
    partners = torch.randn(graph.layout.entities, QUERY, dtype=torch.float64)
    mentions = torch.randn(graph.layout.mentions, NODE, dtype=torch.float64)
    sentences = torch.randn(graph.layout.sentences, NODE, dtype=torch.float64)
    head, tail = graph.layout.pairs
    before = attention(partners, mentions, sentences, graph, head, tail)
    for pair in (0, 5, graph.layout.pairs.shape[1] - 1):
        a, b = int(head[pair]), int(tail[pair])
        mine = graph.layout.entity_of_mention == a
        kept = torch.zeros(graph.layout.sentences, dtype=torch.bool)
        kept[graph.layout.sentence_of_mention[mine]] = True
        others = [torch.arange(graph.layout.entities) != b, ~mine, ~kept]
        changed = [
            torch.where(other[:, None], torch.randn_like(rows) * 100, rows)
            for rows, other in zip((partners, mentions, sentences), others, strict=True)
        ]
        after = attention(*changed, graph, head, tail)
        torch.testing.assert_close(after[pair], before[pair], rtol=1e-9, atol=1e-9)
        assert not torch.allclose(after, before)


def test_no_pair_at_all_gives_no_row() -> None:
    graph = Corpus((document([3], [[(0, 0, 1)]]),), ANY).graph
    head, tail = graph.layout.pairs
    rows = [torch.randn(count, width) for count, width in ((1, QUERY), (1, NODE), (1, NODE))]
    assert LocalAttention(QUERY, NODE, HIDDEN, 2, 0.0)(*rows, graph, head, tail).shape == (0, HIDDEN)


@pytest.mark.parametrize("training", [True, False])
def test_dropout_acts_in_training_only(training: bool) -> None:
    corpus = Corpus((large_document(1, [9] * 5, [6, 1, 7, 2]),), ANY)
    graph, attention = corpus.graph, module(2, dropout=0.5).train(training)
    torch.manual_seed(0)
    sizes = ((graph.layout.entities, QUERY), (graph.layout.mentions, NODE), (graph.layout.sentences, NODE))
    rows = [torch.randn(*size, dtype=torch.float64) for size in sizes]
    first, second = (attention(*rows, graph, *graph.layout.pairs) for _ in range(2))
    assert torch.equal(first, second) is not training
