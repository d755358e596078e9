"""Runs in MLflow: the only package that knows it, and it imports it only when a run starts."""

from glre.tracking.comparison import Comparison, compare
from glre.tracking.fetching import fetch_model, fetch_predictions, is_reference
from glre.tracking.identity import StageIdentity
from glre.tracking.origin import read_inputs
from glre.tracking.record import read_run_id, write_run_id
from glre.tracking.registry import register_model
from glre.tracking.reproduction import Reproduction, read_reproduction
from glre.tracking.run import PARENT_VARIABLE, Run, StageRun, parent_run, stage_run
from glre.tracking.served_model import ServedModel, log_model

__all__ = [
    "PARENT_VARIABLE",
    "Comparison",
    "Reproduction",
    "Run",
    "ServedModel",
    "StageIdentity",
    "StageRun",
    "compare",
    "fetch_model",
    "fetch_predictions",
    "is_reference",
    "log_model",
    "parent_run",
    "read_inputs",
    "read_reproduction",
    "read_run_id",
    "register_model",
    "stage_run",
    "write_run_id",
]
