"""Runs in MLflow: the only package that knows it, and it imports it only when a run starts."""

from glre.tracking.identity import StageIdentity
from glre.tracking.origin import read_inputs
from glre.tracking.record import read_run_id, write_run_id
from glre.tracking.run import Run, stage_run
from glre.tracking.served_model import ServedModel, log_model

__all__ = [
    "Run",
    "ServedModel",
    "StageIdentity",
    "log_model",
    "read_inputs",
    "read_run_id",
    "stage_run",
    "write_run_id",
]
