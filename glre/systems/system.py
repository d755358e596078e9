"""What a system of relation extraction is to training, evaluation, prediction and reports."""

from dataclasses import dataclass
from enum import StrEnum

from glre.settings import Section


class SystemSettings(Section):
    """Settings of one system; `system` is its name in the registry, a literal in each subclass."""

    system: str


class Need(StrEnum):
    """What a system reads of a document beside spans, entities and sentences."""

    WORD_STATES = "word states"
    SUBWORD_ATTENTION = "attention between subwords"
    PARSES = "dependency parses"
    CHARACTERS = "characters"
    DOCUMENT_FEATURES = "document features"


@dataclass(frozen=True, slots=True)
class Decision:
    """From which score on a relation is predicted: `threshold`, or, where that is None, one chosen on dev for best F1.

    A system with a rule of its own, such as a class that relations have to beat, gives scores that are 0.5 where the
    rule is undecided, and states 0.5.
    """

    threshold: float | None = None


CHOSEN_ON_DEV = Decision()
