"""Model folders as they were written before, when GLRE was the only system too, read as those of today."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json
from torch import Tensor

_OF_WORDS = ("width", "vocabulary", "fine_tuned")


def earlier_settings(content: bytes) -> Any:
    """The content of settings.json; ValueError where it is no JSON."""
    settings = from_json(content)
    if isinstance(settings, dict) and "words" not in settings and "encoder_identity" in settings:
        settings = _of_the_only_system(settings)
    words = settings.get("words") if isinstance(settings, dict) else None
    encoder = words.get("encoder") if isinstance(words, dict) else None
    if isinstance(encoder, dict) and encoder.get("path") is not None:
        # Vectors of a file were trained with the model, before there was a choice.
        encoder.setdefault("tuned", True)
    return settings


def _of_the_only_system(settings: dict[str, Any]) -> dict[str, Any]:
    encoder, model = settings.pop("encoder", None), settings.get("model")
    layers = encoder.get("layers", ()) if isinstance(encoder, dict) else ()
    words = {"encoder": encoder, "identity": settings.pop("encoder_identity"), "layers": layers}
    words |= {name: settings.pop(name) for name in _OF_WORDS if name in settings}
    # Whatever else is wrong with them is for the settings of today to say.
    return {**settings, "words": words, "model": {"system": "glre", **model} if isinstance(model, dict) else model}


def earlier_weights(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The source of words was part of GLRE's encoding layer."""
    if any(name.startswith("network.") for name in weights):
        return dict(weights)
    inside = "encoding.source."
    return {
        f"source.{name.removeprefix(inside)}" if name.startswith(inside) else f"network.{name}": tensor
        for name, tensor in weights.items()
    }
