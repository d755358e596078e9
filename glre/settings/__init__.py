"""Sections of params.yaml as frozen types that refuse unknown keys; `glre.grid` reads the whole of it."""

from glre.settings.corpora import Address, CandidateRule, Dataset, SourceFile, SplitPart
from glre.settings.encoders import Arithmetic, Encoder, PretrainedEncoder, WordVectors
from glre.settings.section import Fraction, Name, Positive, Section
from glre.settings.training import FineTuning, Seeds, Training

__all__ = [
    "Address",
    "Arithmetic",
    "CandidateRule",
    "Dataset",
    "Encoder",
    "FineTuning",
    "Fraction",
    "Name",
    "Positive",
    "PretrainedEncoder",
    "Section",
    "Seeds",
    "SourceFile",
    "SplitPart",
    "Training",
    "WordVectors",
]
