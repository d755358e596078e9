"""How a model is asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from glre.errors import InputError

if TYPE_CHECKING:
    from glre.settings import Arithmetic


class Precision(StrEnum):
    """What the encoder computes in; `auto` is bfloat16 where this machine has instructions for it, else float32."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


@dataclass(frozen=True, slots=True)
class Options:
    """What becomes a prediction, and how the encoder computes.

    `threshold` stands in for the model's own, which has the best F1 on dev. `min_precision` chooses it on dev instead:
    the most recall at no less than this precision. `top` keeps at most so many relations of a document, the highest
    scores. `types` are pairs, an entity type of the documents and the model's. InputError where they don't go together.
    """

    threshold: float | None = None
    min_precision: float | None = None
    top: int | None = None
    precision: Precision = Precision.AUTO
    batch_size: int = 16
    """Documents that go through the model at once, where they are not too long for that."""
    types: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.threshold is not None and self.min_precision is not None:
            raise InputError("--min-precision", "a threshold as well", "one of them, for either sets the threshold")
        for name, value in (("--threshold", self.threshold), ("--min-precision", self.min_precision)):
            if value is not None and not 0 <= value <= 1:
                raise InputError(name, f"{value:g}", "a fraction from 0 to 1")
        if self.top is not None and self.top < 1:
            raise InputError("--top", str(self.top), "a number from 1")


def named_types(given: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """What `--types` says, such as `ChemicalEntity=Chemical`, several divided by commas; or an InputError."""
    pairs = []
    for text in ",".join(given).split(",") if given else ():
        theirs, equals, own = (part.strip() for part in text.rpartition("="))
        if not (theirs and equals and own):
            raise InputError("--types", repr(text), "a type of the inputs and one of the model, such as A=Chemical")
        pairs.append((theirs, own))
    return tuple(pairs)


def arithmetic(precision: Precision) -> "Arithmetic":
    """What `precision` comes to on this machine."""
    if precision is Precision.AUTO:
        return "bfloat16" if _fast_bfloat16() else "float32"
    return "float32" if precision is Precision.FLOAT32 else "bfloat16"


def _fast_bfloat16() -> bool:
    import torch

    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
