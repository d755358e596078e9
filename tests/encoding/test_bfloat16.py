import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from test_encoder import DOCUMENTS, encode
from tiny_encoders import FAMILIES, frozen, settings
from torch import Tensor, nn
from transformers.integrations import sdpa_attention

from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.transformer.bfloat16 import attend, prepare_for_bfloat16

SEES_ALL = SimpleNamespace(is_causal=False)


def rows(*shape: int) -> Tensor:
    return torch.randn(*shape).to(torch.bfloat16)


def slow_attention(query: Tensor, key: Tensor, value: Tensor, seen: Tensor, scaling: float) -> Tensor:
    """A text, a head, a subword at a time, in double precision: `[texts, subwords, heads, width]`."""
    texts, heads, subwords, width = query.shape
    found = torch.zeros(texts, subwords, heads, width, dtype=torch.float64)
    for text in range(texts):
        for head in range(heads):
            for asking in range(subwords):
                raised = {
                    asked: math.exp(
                        float(query[text, head, asking].double() @ key[text, head, asked].double()) * scaling
                    )
                    for asked in range(subwords)
                    if seen[text, asking, asked]
                }
                for asked, weight in raised.items():
                    found[text, asking, head] += weight / sum(raised.values()) * value[text, head, asked].double()
    return found


@examples(max_examples=20, deadline=None)
@given(
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 35),
    st.sampled_from([None, 0.3]),
    st.data(),
    st.integers(0, 99),
)
def test_equals_the_definition(
    texts: int, heads: int, subwords: int, scaling: float | None, data: st.DataObject, seed: int
) -> None:
    torch.manual_seed(seed)
    query, key, value = (rows(texts, heads, subwords, 4) for _ in range(3))
    lengths = data.draw(st.lists(st.integers(1, subwords), min_size=texts, max_size=texts))
    seen = torch.stack([(torch.arange(subwords) < length).expand(subwords, subwords) for length in lengths])
    mask = None if min(lengths) == subwords else seen[:, None]
    found, weights = attend(SEES_ALL, query, key, value, mask, scaling=scaling)
    assert weights is None
    assert found.dtype == torch.bfloat16
    expected = slow_attention(query, key, value, seen, 0.5 if scaling is None else scaling)
    torch.testing.assert_close(found.double(), expected, rtol=0.05, atol=0.05)


def test_a_mask_may_hide_others_from_everyone() -> None:
    """As a layer that sees only its neighbours does, and padding on the left."""
    query, key, value = (rows(2, 2, 6, 4) for _ in range(3))
    near = (torch.arange(6)[:, None] - torch.arange(6)).abs() <= 1
    seen = torch.stack([near, near])
    found, _ = attend(SEES_ALL, query, key, value, seen[:, None])
    torch.testing.assert_close(found.double(), slow_attention(query, key, value, seen, 0.5), rtol=0.05, atol=0.05)


@pytest.mark.parametrize(
    "asked",
    [{"dropout": 0.5}, {"is_causal": True}, {"position_bias": torch.ones(1, 2, 5, 5)}],
    ids=["dropout", "causal", "positions"],
)
def test_what_it_does_not_do_is_left_to_the_fused_kernel(
    monkeypatch: pytest.MonkeyPatch, asked: dict[str, object]
) -> None:
    given: list[dict[str, object]] = []
    monkeypatch.setattr(sdpa_attention, "sdpa_attention_forward", lambda *_, **named: given.append(named))
    query, key, value = (rows(1, 2, 5, 4) for _ in range(3))
    attend(SEES_ALL, query, key, value, None, **asked)
    attend(SEES_ALL, query.float(), key.float(), value.float(), None)
    attend(SEES_ALL, query, key[:, :1], value[:, :1], None)
    attend(SEES_ALL, query, key, value, torch.zeros(1, 1, 5, 5, dtype=torch.bfloat16))
    attend(SimpleNamespace(), query, key, value, None)
    assert len(given) == 5
    for name, value in asked.items():
        assert given[0][name] is value


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "deberta"])
def test_every_family_encodes_nearly_the_same(folders: dict[str, Path], family: str) -> None:
    exact = encode(frozen(folders[family]), DOCUMENTS)
    encoder = FrozenEncoder(settings(folders[family], precision="bfloat16"))
    rough = encode(encoder, DOCUMENTS)
    for found, expected in zip(rough, exact, strict=True):
        np.testing.assert_allclose(found, expected, rtol=0.1, atol=0.1)
    assert all(
        layer.weight.dtype == torch.bfloat16 for layer in encoder.model.modules() if isinstance(layer, nn.Linear)
    )


def test_padding_changes_nothing(bert: Path) -> None:
    encoder = FrozenEncoder(settings(bert, precision="bfloat16"))
    together = encode(encoder, DOCUMENTS)
    for document, found in zip(DOCUMENTS, together, strict=True):
        np.testing.assert_allclose(found, encode(encoder, [document])[0], rtol=0.05, atol=0.05)


@pytest.mark.parametrize(("matrix_unit", "own"), [(False, True), (True, False)])
def test_the_fused_kernel_stays_where_it_is_fast(
    bert: Path, monkeypatch: pytest.MonkeyPatch, matrix_unit: bool, own: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": matrix_unit})
    model = frozen(bert).model
    prepare_for_bfloat16(model)
    assert (model.config._attn_implementation != "sdpa") == own
