"""How large the largest tensor gets in forward and backward, by watching every operation."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from random_documents import ANY, Corpus, document
from small_models import ABLATIONS, STATE_WIDTH, glre_model
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from glre.systems.glre.local_representation import LocalAttention

ENTITIES, MANY, HIDDEN, HEADS = 40, 64, 32, 2
WORDS = 512
CLASSIFIER = 2 * 2 * (2 * HIDDEN + 4)
"""Width of [o_r ; o_c]."""


class Allocations(TorchDispatchMode):
    """Elements of the memory behind each tensor that an operation returns; a view counts as what it looks at."""

    def __init__(self) -> None:
        super().__init__()
        self.largest = 0
        self.total = 0
        self._seen: dict[int, Tensor] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(result):
            if isinstance(tensor, Tensor):
                storage = tensor.untyped_storage()
                if storage.data_ptr() in self._seen:
                    continue
                # Kept, so that the address is not given to another tensor.
                self._seen[storage.data_ptr()] = tensor
                elements = storage.nbytes() // tensor.element_size()
                self.largest = max(self.largest, elements)
                self.total += elements
        return result


def watched(work: Callable[[], Tensor]) -> Allocations:
    with Allocations() as allocations:
        work().sum().backward()
    return allocations


def crowded(entities: int, mentions: int) -> Corpus:
    """Three quarters of the entities have `mentions` mentions, the others one."""
    spans = [(i // 16, i % 16, i % 16 + 1) for i in range(WORDS)]
    own = [
        [spans[(7 * number + i * (WORDS // mentions)) % WORDS] for i in range(mentions if number % 4 else 1)]
        for number in range(entities)
    ]
    return Corpus((document([16] * (WORDS // 16), own),), ANY)


def mentions_in(corpus: Corpus) -> int:
    return corpus.graph.layout.mentions


@pytest.mark.parametrize("ablation", ABLATIONS)
def test_no_tensor_of_pairs_times_mentions_or_pairs_times_width(ablation: str) -> None:
    corpus = crowded(ENTITIES, MANY)
    graph, pairs, mentions = corpus.graph, ENTITIES * (ENTITIES - 1), mentions_in(corpus)
    allowed = max(HEADS * ENTITIES * 2 * mentions, ENTITIES**2 * HIDDEN, pairs * CLASSIFIER, WORDS * 4 * HIDDEN)
    forbidden = {
        "every pair's mentions × hidden": (ENTITIES - 1) * mentions * HIDDEN,
        "pairs × pairs": pairs**2,
        "mentions × mentions": mentions**2,
    }
    assert min(forbidden.values()) > 2 * allowed
    model = glre_model(hidden=HIDDEN, heads=HEADS, distance=4, lstm=8, **ABLATIONS[ablation]).train()
    inputs = torch.randn(WORDS, STATE_WIDTH)
    assert watched(lambda: model(inputs, graph)).largest <= allowed


def test_the_local_attention_keeps_to_entities_times_mentions() -> None:
    corpus = crowded(ENTITIES, MANY)
    graph, mentions = corpus.graph, mentions_in(corpus)
    attention = LocalAttention(HIDDEN, HIDDEN, HIDDEN, HEADS, 0.1).train()
    rows = [
        torch.randn(count, HIDDEN) for count in (graph.layout.entities, graph.layout.mentions, graph.layout.sentences)
    ]
    head, tail = graph.layout.pairs
    largest = watched(lambda: attention(*rows, graph, head, tail)).largest
    # Slots are a power of two, here as many as there are mentions.
    assert largest <= max(HEADS * ENTITIES * mentions, ENTITIES**2 * HIDDEN, mentions * HIDDEN)


def test_memory_grows_linearly_with_mentions() -> None:
    def total(mentions: int) -> int:
        graph = crowded(4, mentions).graph
        model = glre_model(hidden=HIDDEN, heads=HEADS, lstm=0).train()
        inputs = torch.randn(WORDS, STATE_WIDTH)
        return watched(lambda: model(inputs, graph)).total

    few, many, most = total(64), total(128), total(256)
    assert most - many < 2.1 * (many - few)


def test_the_watch_sees_what_the_paper_s_formula_would_allocate() -> None:
    weight = torch.randn(5, 6, requires_grad=True)
    repeated = watched(lambda: weight[None].repeat(7, 1, 1) * 2).largest
    assert repeated == 5 * 6 * 7
    assert watched(lambda: weight[None].expand(7, 5, 6)).largest == 5 * 6
