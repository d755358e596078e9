"""Settings of DocRED's baselines."""

from typing import Literal

from glre.settings import Fraction, Positive
from glre.systems.system import SystemSettings


class YaoSettings(SystemSettings):
    """Which of them, sizes and dropout; what the authors have stands at each."""

    system: Literal["yao"] = "yao"
    reader: Literal["cnn", "lstm", "bilstm"]
    """What reads the words; Context-aware has a BiLSTM."""
    context_aware: bool = False
    """Whether a pair attends to the other pairs of its document."""
    entity_number: Positive
    """Width of the vectors of entities' numbers in the document (20)."""
    entity_numbers: Positive
    """Numbers with a vector of their own; entities further on share the last one."""
    entity_type: Positive
    """Width of the vectors of entities' types (20)."""
    input_dropout: Fraction
    """On a word's input, the same places for all words of a document (0.2)."""
    channels: Positive
    """Of the CNN (200)."""
    channel_dropout: Fraction
    """Behind each layer of the CNN (0.5)."""
    hidden: Positive
    """Units of an LSTM per direction, and the width of a word behind any reader (128)."""
    distance: Positive
    """Width of the vectors of distances (20)."""
    distance_bins: Positive
    """Distances are put in bins 1, 2, 4, … 2^b; this is b (8)."""
