"""Settings of the two-step system."""

from typing import Annotated, Literal

from pydantic import Field

from glre.settings import Fraction, Positive
from glre.systems.system import SystemSettings


class TwoStepSettings(SystemSettings):
    """Sizes and dropout; what the authors have stands at each."""

    system: Literal["two_step"] = "two_step"
    encoder_dropout: Fraction
    """On the encoder's hidden states (none beside BERT's own)."""
    lstm: Annotated[int, Field(ge=0)]
    """Hidden units per direction of a BiLSTM on the states of a frozen encoder; 0, as published, leaves it out."""
    hidden: Positive
    """Width of a word in each of the steps (128)."""
    distance: Positive
    """Width of the vectors of distances (20)."""
    distance_bins: Positive
    """Distances are put in bins 1, 2, 4, … 2^b; this is b (8)."""
    dropout: Fraction
    """On the words of each step (none)."""
