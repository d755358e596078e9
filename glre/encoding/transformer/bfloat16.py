"""An encoder's bfloat16 on a processor: attention as three operations, and weights as they are multiplied.

Torch's fused attention multiplies its tiles with the matrix unit of processors that have one (AMX). On others it is no
faster in bfloat16 than in single precision, while a plain matrix product is twice as fast: product, softmax, product
take half of its time over tables whose scores fit the cache.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

_NAME = "glre_three_operations"
_VECTOR = 32
"""Numbers that a processor takes at once; torch's softmax takes twice as long over rows that leave some."""
_FUSED_ONLY = ("position_bias", "softcap", "cache", "s_aux")
"""What a model may ask of its attention that is not done here."""


def prepare_for_bfloat16(model: Any) -> None:
    """Make a model that is not trained any more ready for `hidden_states` in bfloat16, where it is on a processor."""
    if next(model.parameters()).device.type != "cpu":
        return
    for module in model.modules():
        if isinstance(module, nn.Linear):
            module.to(torch.bfloat16)  # else they are converted at every call
    fused = getattr(model.config, "_attn_implementation", None) == "sdpa"
    if fused and not torch.cpu.get_capabilities().get("amx_bf16"):
        from transformers import AttentionInterface, AttentionMaskInterface
        from transformers.masking_utils import sdpa_mask

        AttentionInterface.register(_NAME, attend)
        AttentionMaskInterface.register(_NAME, sdpa_mask)
        model.set_attn_implementation(_NAME)


def attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    **others: Any,
) -> tuple[Tensor, None]:
    """`softmax(q kᵀ · scaling) v` for each head: `[texts, heads, subwords, width]` → `[texts, subwords, heads, width]`.

    `attention_mask [texts, 1, subwords, subwords]` says who sees whom; without one all see all. Whatever else a model
    asks for (another precision, dropout, causal or grouped attention, a bias of positions) the fused kernel does.
    """
    masked = attention_mask is not None and attention_mask.dtype == torch.bool
    own = (
        query.dtype == torch.bfloat16
        and not dropout
        and key.shape == query.shape
        and (masked or (attention_mask is None and not _causal(module, others)))
        and all(others.get(name) is None for name in _FUSED_ONLY)
    )
    if not own:
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        return sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **others
        )
    length = key.shape[-2]
    padding = (0, 0, 0, -length % _VECTOR)
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    scores = query @ functional.pad(key * scale, padding).transpose(-1, -2)
    scores[..., length:] = float("-inf")
    if attention_mask is not None:
        _hide(scores, attention_mask)
    return (scores.softmax(-1) @ functional.pad(value, padding)).transpose(1, 2).contiguous(), None


def _causal(module: Any, others: dict[str, Any]) -> bool:
    stated = others.get("is_causal")
    return bool(getattr(module, "is_causal", True) if stated is None else stated)


def _hide(scores: Tensor, mask: Tensor) -> None:
    """Set scores outside the mask to -∞, in place, in the columns that it hides from anybody: of padding, a few."""
    columns = torch.nonzero(~mask.flatten(0, 2).all(0))
    if len(columns):
        hidden = slice(int(columns[0]), int(columns[-1]) + 1)
        scores[..., hidden].masked_fill_(~mask[..., hidden], float("-inf"))
