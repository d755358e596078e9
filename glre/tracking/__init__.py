"""Runs in MLflow: the only package that knows it, and it imports it only when a run starts."""

from glre.tracking.models.fetching import fetch_model, is_reference
from glre.tracking.models.registry import register_model
from glre.tracking.models.served_model import ServedModel, log_model
from glre.tracking.provenance.identity import StageIdentity
from glre.tracking.provenance.origin import read_inputs
from glre.tracking.provenance.workspace import UNKNOWN
from glre.tracking.record import read_run_id, write_run_id
from glre.tracking.reproduction import Reproduction, read_reproduction
from glre.tracking.run import PARENT_VARIABLE, Run, StageRun, parent_run, stage_run
from glre.tracking.store import store_uri
from glre.tracking.table_runs import TableRuns, runs_of_table

__all__ = [
    "PARENT_VARIABLE",
    "UNKNOWN",
    "Reproduction",
    "Run",
    "ServedModel",
    "StageIdentity",
    "StageRun",
    "TableRuns",
    "fetch_model",
    "is_reference",
    "log_model",
    "parent_run",
    "read_inputs",
    "read_reproduction",
    "read_run_id",
    "register_model",
    "runs_of_table",
    "stage_run",
    "store_uri",
    "write_run_id",
]
