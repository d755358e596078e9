"""Settings of the bi-affine scorer."""

from typing import Annotated, Literal

from pydantic import Field

from glre.settings import Fraction, Positive
from glre.systems.system import SystemSettings


class BiaffineSettings(SystemSettings):
    """Sizes and dropout; what BRAN has stands at each."""

    system: Literal["biaffine"] = "biaffine"
    encoder_dropout: Fraction
    """On the encoder's hidden states or word vectors (word dropout, 0.5)."""
    lstm: Annotated[int, Field(ge=0)]
    """Hidden units per direction of a BiLSTM in the place of BRAN's blocks of attention; 0 leaves it out."""
    hidden: Positive
    """Width d of a word as head and as tail (64)."""
    scorer_dropout: Fraction
    """On both before they are scored (0.65)."""
