"""DocRED's baselines: their readers and their attention to other pairs against slow versions, entities' numbers."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from random_documents import ANY, Corpus, corpora, document
from small_models import SMALL, STATE_WIDTH
from torch import Tensor

from glre.systems.layers.bilstm import padding
from glre.systems.layout import batch_layouts
from glre.systems.yao.entities_of_words import entities_of_words
from glre.systems.yao.readers import CNN, LSTM
from glre.systems.yao.settings import YaoSettings
from glre.systems.yao.yao import OtherPairs, Yao

lengths = st.lists(st.integers(1, 6), min_size=1, max_size=4)


def slow_cnn(model: CNN, words: Tensor) -> Tensor:
    """One document, word by word."""
    for layer in model.layers:
        count = len(words)
        convolved = []
        for word in range(count):
            seen = [(place, word + place - 1) for place in range(3) if 0 <= word + place - 1 < count]
            convolved.append(layer.bias + sum(layer.weight[:, :, place] @ words[at] for place, at in seen))
        near = [torch.stack(convolved[max(0, word - 1) : word + 2]).amax(0) for word in range(count)]
        words = torch.stack(near).relu()
    return words


@settings(max_examples=30, deadline=None)
@given(lengths)
@torch.no_grad()
def test_cnn_and_lstm_read_each_document_by_itself(runs: list[int]) -> None:
    torch.manual_seed(0)
    cnn, lstm = CNN(4, 5, 0.0).double().eval(), LSTM(4, 3).double().eval()
    parts = [torch.randn(length, 4, dtype=torch.float64) for length in runs]
    table = padding(runs)
    torch.testing.assert_close(cnn(torch.cat(parts), table), torch.cat([slow_cnn(cnn, part) for part in parts]))
    expected = torch.cat([lstm.forwards(part.unsqueeze(0))[0][0] for part in parts])
    torch.testing.assert_close(lstm(torch.cat(parts), table), expected)


@settings(max_examples=30, deadline=None)
@given(corpora())
@torch.no_grad()
def test_a_pair_attends_to_the_pairs_of_its_document(corpus: Corpus) -> None:
    torch.manual_seed(0)
    layout = batch_layouts(corpus.layouts)
    pairs = torch.randn(layout.pairs.shape[1], 6, dtype=torch.float64)
    model = OtherPairs(6, 2).double()
    expected = []
    for part in layout.documents:
        own = pairs[part.pairs]
        for pair in own:
            shares = torch.stack([(pair * model.scale) @ other for other in own]).softmax(0)
            expected.append(model.scores(torch.cat([pair, shares @ own])))
    found = model(pairs, layout)
    torch.testing.assert_close(found, torch.stack(expected) if expected else torch.zeros(0, 2, dtype=torch.float64))


def test_entities_are_numbered_by_their_first_mentions() -> None:
    made = document([4, 3], [[(1, 0, 1), (0, 2, 3)], [(0, 0, 1)], [(1, 0, 3)]], "aba")
    found = entities_of_words(made)
    assert found.number.tolist() == [1, 0, 2, 0, 3, 3, 3]
    assert found.type[0] != found.type[2] == found.type[4] != 0
    shuffled = entities_of_words(replace(made, entities=made.entities[::-1]))
    assert shuffled.number.tolist() == found.number.tolist()


@pytest.mark.parametrize("reader", ["cnn", "lstm", "bilstm"])
@pytest.mark.parametrize("context_aware", [True, False])
def test_each_of_them_learns_in_a_few_steps(reader: str, context_aware: bool) -> None:
    torch.manual_seed(0)
    changes = {"reader": reader, "context_aware": context_aware, "input_dropout": 0.1}
    model = Yao(STATE_WIDTH, 2, YaoSettings.model_validate(SMALL["yao"] | changes))
    made = document([5, 4], [[(0, 1, 2)], [(0, 3, 5)], [(1, 0, 2)]])
    corpus = Corpus((made, made), ANY)
    batch = Yao.collate([Yao.prepare(made, own) for own in corpus.layouts], corpus.layouts, corpus.layout)
    words, gold = torch.randn(corpus.words, STATE_WIDTH), torch.randint(2, (12, 2)).float()
    optimizer, losses = torch.optim.Adam(model.parameters(), lr=1e-2), []
    for _ in range(15):
        optimizer.zero_grad()
        loss = model.loss(model(words, batch), gold).mean()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.9 * losses[0]
