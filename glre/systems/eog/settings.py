"""Settings of EOG."""

from typing import Annotated, Literal

from pydantic import Field

from glre.settings import Fraction, Positive
from glre.systems.system import SystemSettings


class EOGSettings(SystemSettings):
    """Sizes and dropout; what the authors have stands at each."""

    system: Literal["eog"] = "eog"
    input_dropout: Fraction
    """On the vectors of words (0.5)."""
    lstm: Positive
    """Hidden units per direction of the BiLSTM (100)."""
    node_type: Positive
    """Width of the vectors of node types (10)."""
    distance: Positive
    """Width of the vectors of distances between mentions and between sentences (10)."""
    distance_bins: Positive
    """Distances are put in bins 1, 2, 4, … 2^b; this is b."""
    edge: Positive
    """Width of an edge (100)."""
    walks: Annotated[int, Field(ge=0)]
    """Times N that walks are made twice as long (4)."""
    kept: Annotated[float, Field(gt=0, lt=1)]
    """Share β of an edge in what it becomes (0.8)."""
    output_dropout: Fraction
    """On the edges between entities (0.3)."""
