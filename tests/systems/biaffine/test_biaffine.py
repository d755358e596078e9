"""The bi-affine scorer against its equation, pair by pair and word by word."""

import math

import torch
from hypothesis import given
from random_documents import Corpus, corpora
from torch import Tensor

from glre.systems.biaffine.biaffine import Biaffine
from glre.systems.biaffine.settings import BiaffineSettings
from glre.systems.layers.entity_words import EntityWordsBatch
from glre.systems.layout import batch_layouts, document_layout

WIDTH, RELATIONS = 5, 2


def network(lstm: int = 0) -> Biaffine:
    torch.manual_seed(1)
    settings = BiaffineSettings(encoder_dropout=0.0, lstm=lstm, hidden=4, scorer_dropout=0.0)
    return Biaffine(WIDTH, RELATIONS, settings).eval()


def batch_of(corpus: Corpus) -> EntityWordsBatch:
    layouts = [document_layout(document, corpus.pairs(number)) for number, document in enumerate(corpus.documents)]
    prepared = [Biaffine.prepare(document, own) for document, own in zip(corpus.documents, layouts, strict=True)]
    return Biaffine.collate(prepared, layouts, batch_layouts(layouts))


def by_the_equation(model: Biaffine, corpus: Corpus, words: Tensor) -> list[list[float]]:
    """`s_r(h, t) = log Σ exp [u_i ; 1]ᵀ L_r [v_j ; 1]` over the distinct words i of h and j of t."""
    one, found, first = torch.ones(1), [], 0
    for number, document in enumerate(corpus.documents):
        offsets = document.sentence_offsets
        own = [
            sorted({first + offsets[m.sentence] + place for m in entity.mentions for place in range(m.start, m.end)})
            for entity in document.entities
        ]
        for pair in corpus.pairs(number):
            scores = []
            for form in model.scorer.forms:
                cells = [
                    float(torch.cat([model.head(words[i]), one]) @ form @ torch.cat([model.tail(words[j]), one]))
                    for i in own[pair.head]
                    for j in own[pair.tail]
                ]
                scores.append(math.log(sum(map(math.exp, cells))))
            found.append(scores)
        first += document.words
    return found


@given(corpora())
@torch.no_grad()
def test_every_pair_has_the_score_of_the_equation(corpus: Corpus) -> None:
    model, batch = network(), batch_of(corpus)
    words = torch.randn(corpus.words, WIDTH)
    found = model(words, batch)
    expected = torch.tensor(by_the_equation(model, corpus, words)).reshape(-1, RELATIONS)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
