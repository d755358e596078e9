"""EOG against its equations, edge by edge and path by path."""

from itertools import permutations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import Corpus, corpora
from small_models import SMALL, STATE_WIDTH
from torch import Tensor, nn

from glre.documents.document import Document
from glre.systems.eog.eog import EOG
from glre.systems.eog.settings import EOGSettings
from glre.systems.eog.walks import walked_over
from glre.systems.layers.bilstm import padding
from glre.systems.layout import batch_layouts

few = settings(max_examples=25, deadline=None)
Node = tuple[str, int]
Edges = dict[tuple[Node, Node], Tensor]


def network(**changes: object) -> EOG:
    torch.manual_seed(1)
    return EOG(STATE_WIDTH, 2, EOGSettings.model_validate(SMALL["eog"] | changes)).double().eval()


def slow_edges(model: EOG, document: Document, words: Tensor) -> tuple[list[Node], Edges]:
    """The initial edges of section 2.2, one at a time."""
    offsets = document.sentence_offsets
    mentions = [(number, mention) for number, entity in enumerate(document.entities) for mention in entity.mentions]
    spans = [range(offsets[m.sentence] + m.start, offsets[m.sentence] + m.end) for _, m in mentions]
    sentences = [range(o, o + len(s.words)) for o, s in zip(offsets, document.sentences, strict=True)]
    means = [words[list(span)].mean(0) for span in spans]
    vectors: dict[Node, Tensor] = {}
    for number, mean in enumerate(means):
        vectors["m", number] = torch.cat([mean, model.nodes.mention_type])
    for number in range(len(document.entities)):
        own = torch.stack([mean for mean, (of, _) in zip(means, mentions, strict=True) if of == number]).mean(0)
        vectors["e", number] = torch.cat([own, model.nodes.entity_type])
    for number, span in enumerate(sentences):
        vectors["s", number] = torch.cat([words[list(span)].mean(0), model.nodes.sentence_type])

    def context(number: int) -> Tensor:
        seen = [word for word in sentences[mentions[number][1].sentence] if word not in spans[number]]
        if not seen:
            return torch.zeros_like(means[number])
        shares = torch.stack([means[number] @ words[word] for word in seen]).softmax(0)
        return torch.stack([share * words[word] for share, word in zip(shares, seen, strict=True)]).sum(0)

    edges: Edges = {}

    def joined(layer: nn.Module, left: Node, right: Node, *more: Tensor) -> Tensor:
        return layer(torch.cat([vectors[left], vectors[right], *more]))

    def both_ways(layer: nn.Module, left: Node, right: Node) -> None:
        edges[left, right] = edges[right, left] = joined(layer, left, right)

    layers = model.edges
    for i, (entity, mention) in enumerate(mentions):
        for j, (_, other) in enumerate(mentions):
            if i != j and mention.sentence == other.sentence:
                distance = layers.mention_distance(torch.tensor([spans[j][0] - spans[i][0]]))[0]
                more = ((context(i) + context(j)) / 2, distance)
                edges[("m", i), ("m", j)] = joined(layers.mention_mention, ("m", i), ("m", j), *more)
        both_ways(layers.mention_sentence, ("m", i), ("s", mention.sentence))
        both_ways(layers.mention_entity, ("m", i), ("e", entity))
        both_ways(layers.entity_sentence, ("e", entity), ("s", mention.sentence))
    for i, j in permutations(range(len(sentences)), 2):
        distance = layers.sentence_distance(torch.tensor([j - i]))[0]
        edges[("s", i), ("s", j)] = joined(layers.sentence_sentence, ("s", i), ("s", j), distance)
    return list(vectors), edges


def slow_walks(model: EOG, nodes: list[Node], edges: Edges) -> Edges:
    """Section 2.3, one path at a time."""
    for _ in range(model.walks.walks):
        longer = dict(edges)
        for i, j in permutations(nodes, 2):
            through = [k for k in nodes if (i, k) in edges and (k, j) in edges]
            if through:
                paths = sum(torch.sigmoid(model.walks.map(edges[i, k]) * edges[k, j]) for k in through)
                here = edges.get((i, j), torch.zeros(()))
                longer[i, j] = model.walks.kept * here + (1 - model.walks.kept) * paths
        edges = longer
    return edges


def slow_logits(model: EOG, corpus: Corpus, words: Tensor) -> Tensor:
    found, first = [], 0
    for number, document in enumerate(corpus.documents):
        offsets = document.sentence_offsets
        read = [
            model.bilstm(words[first + start : first + start + len(sentence.words)], padding([len(sentence.words)]))
            for start, sentence in zip(offsets, document.sentences, strict=True)
        ]
        edges = slow_walks(model, *slow_edges(model, document, torch.cat(read)))
        nothing = torch.zeros(model.walks.map.out_features, dtype=torch.float64)
        found += [
            model.classifier(edges.get((("e", pair.head), ("e", pair.tail)), nothing)) for pair in corpus.pairs(number)
        ]
        first += document.words
    return torch.stack(found) if found else torch.zeros(0, 2, dtype=torch.float64)


@few
@given(corpora(max_documents=2), st.integers(0, 4))
@torch.no_grad()
def test_every_pair_has_the_logits_of_the_equations(corpus: Corpus, walks: int) -> None:
    model = network(walks=walks)
    words = torch.randn(corpus.words, STATE_WIDTH, dtype=torch.float64)
    prepared = [EOG.prepare(*both) for both in zip(corpus.documents, corpus.layouts, strict=True)]
    batch = EOG.collate(prepared, corpus.layouts, batch_layouts(corpus.layouts))
    torch.testing.assert_close(model(words, batch), slow_logits(model, corpus, words))


def test_paths_have_the_gradients_of_torchs_own() -> None:
    torch.manual_seed(0)
    present = (torch.rand(3, 4) < 0.7, torch.rand(4, 2) < 0.7)
    left = torch.randn(3, 4, 2, dtype=torch.float64, requires_grad=True)
    right = torch.randn(4, 2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda *given: walked_over(*given, *present), (left, right))
