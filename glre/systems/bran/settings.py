"""Settings of BRAN."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from glre.settings import Fraction, Positive
from glre.systems.system import SystemSettings


class BRANSettings(SystemSettings):
    """Sizes, dropout and weights; what the authors have stands at each."""

    system: Literal["bran"] = "bran"
    word_dropout: Fraction
    """On the vectors of words (0.5)."""
    hidden: Positive
    """Width d of a word (64)."""
    positions: Positive
    """Positions with a vector of their own; words further on share the last one."""
    blocks: Positive
    """Blocks of attention and convolutions (2)."""
    heads: Positive
    """Heads of the attention (4)."""
    hidden_dropout: Fraction
    """On what is added in a block (0.05)."""
    scorer_dropout: Fraction
    """On both words before they are scored (0.65)."""
    tagging_weight: Annotated[float, Field(ge=0)]
    """Of the loss of tagging mentions (10, in every other step)."""
    positive_weight: Annotated[float, Field(gt=0)]
    """Of related pairs in the loss, where the authors draw as many of them as of others."""

    @model_validator(mode="after")
    def _heads_share_the_width(self) -> "BRANSettings":
        if self.hidden % self.heads:
            raise ValueError(f"hidden ({self.hidden}) must be a multiple of heads ({self.heads})")
        return self
