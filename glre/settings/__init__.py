"""Everything that can be set, read once from params.yaml into frozen types that refuse unknown keys."""

from glre.settings.corpora import Address, CandidateRule, Dataset, SourceFile, SplitPart
from glre.settings.encoders import Arithmetic, Encoder, PretrainedEncoder, WordVectors
from glre.settings.experiments import Experiment, FineTuning, Model, Training
from glre.settings.grid import FeaturesPoint, Grid, TrainingPoint
from glre.settings.params import Settings, read_settings
from glre.settings.reports import Report
from glre.settings.section import Section

__all__ = [
    "Address",
    "Arithmetic",
    "CandidateRule",
    "Dataset",
    "Encoder",
    "Experiment",
    "FeaturesPoint",
    "FineTuning",
    "Grid",
    "Model",
    "PretrainedEncoder",
    "Report",
    "Section",
    "Settings",
    "SourceFile",
    "SplitPart",
    "Training",
    "TrainingPoint",
    "WordVectors",
    "read_settings",
]
