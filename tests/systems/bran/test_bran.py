"""BRAN's encoder against its equations, word by word; its tags; its two losses."""

import pytest
import torch
from hypothesis import given, settings
from random_documents import Corpus, corpora, document
from small_models import SMALL, STATE_WIDTH
from torch import Tensor
from torch.nn import functional

from glre.systems.bran.block import Block
from glre.systems.bran.bran import BRAN
from glre.systems.bran.settings import BRANSettings
from glre.systems.bran.tags import word_tags
from glre.systems.layout import batch_layouts


def network() -> BRAN:
    torch.manual_seed(1)
    return BRAN(STATE_WIDTH, 2, BRANSettings.model_validate(SMALL["bran"])).double().eval()


def slow_block(block: Block, words: Tensor) -> Tensor:
    """One document's words through a block, head by head and word by word."""
    count, hidden = words.shape
    size = hidden // block.heads
    query, key, value = block.asking(words).relu().split(hidden, dim=1)
    mixed = torch.zeros_like(words)
    for head in range(block.heads):
        own = slice(head * size, (head + 1) * size)
        for word in range(count):
            shares = (key[:, own] @ query[word, own] / size**0.5).softmax(0)
            mixed[word, own] = shares @ value[:, own]
    attended = block.first_norm(words + block.together(mixed))
    wide = functional.linear(attended, block.wider.weight[:, :, 0], block.wider.bias).relu()
    around = []
    for word in range(count):
        seen = [(place, word + place - 2) for place in range(5) if 0 <= word + place - 2 < count]
        around.append(block.around.bias + sum(block.around.weight[:, :, place] @ wide[at] for place, at in seen))
    narrow = functional.linear(torch.stack(around).relu(), block.narrower.weight[:, :, 0], block.narrower.bias)
    return block.second_norm(attended + narrow.relu())


@settings(max_examples=20, deadline=None)
@given(corpora())
@torch.no_grad()
def test_words_are_encoded_by_the_equations(corpus: Corpus) -> None:
    model = network()
    prepared = [BRAN.prepare(*both) for both in zip(corpus.documents, corpus.layouts, strict=True)]
    batch = BRAN.collate(prepared, corpus.layouts, batch_layouts(corpus.layouts))
    words = torch.randn(corpus.words, STATE_WIDTH, dtype=torch.float64)
    expected, first = [], 0
    for made in corpus.documents:
        own = model.encoder.words(words[first : first + made.words])
        own = (own + model.encoder.positions.weight[torch.arange(made.words).clamp(max=19)]) * 8**0.5
        for block in model.encoder.blocks:
            own = slow_block(block, own)
        expected.append(own)
        first += made.words
    torch.testing.assert_close(model.encode(words, batch), torch.cat(expected))


def test_words_are_tagged_by_the_mentions_that_are_given() -> None:
    made = document([4, 3], [[(0, 1, 3), (1, 0, 1)], [(1, 1, 3), (1, 1, 2)], [(0, 3, 4)]], "aba")
    first, second = word_tags(made)[[1, 5]]
    assert word_tags(made).tolist() == [0, first, first + 1, first, first, second, second + 1]
    assert len({0, first, first + 1, second, second + 1}) == 5


def test_the_loss_of_tagging_is_part_of_a_pair_s_in_training_alone() -> None:
    model = network().float()
    logits, gold = torch.tensor([[1.0, -1.0, 3.0]]), torch.tensor([[1.0, 0.0]])
    own = functional.binary_cross_entropy_with_logits(logits[:, :2], gold, reduction="none")
    assert model.loss(logits, gold).tolist() == pytest.approx([float(2 * own[0, 0] + own[0, 1]) + 0.1 * 3])
    assert model.probabilities(logits).tolist() == logits[:, :2].sigmoid().tolist()
