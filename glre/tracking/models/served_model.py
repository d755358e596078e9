"""A trained model in MLflow: code and a folder of safetensors and JSON, never a pickle."""

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glre.errors import InputError
from glre.tracking.run import Run


@dataclass(frozen=True, slots=True)
class ServedModel:
    """What MLflow needs to serve a model.

    `code` is a Python file that ends in `mlflow.models.set_model(…)`; its `predict` has type hints, from which the
    signature is taken, and it finds `folder` as `context.artifacts["model"]`. `example` is an input it answers.
    `packages` are folders of Python packages that the code imports and that no registry has.
    """

    code: Path
    folder: Path
    example: Any
    requirements: Sequence[str]
    packages: Sequence[Path] = ()


def log_model(run: Run, model: ServedModel, name: str = "model") -> str:
    """Log the model as this run's output, and return its URI (`models:/m-…`).

    It is loaded from what was saved and has to answer its example before it is kept: whatever that raises is raised.
    """
    import mlflow.pyfunc
    from mlflow.entities import LoggedModelOutput
    from mlflow.models import Model

    for path in (model.code, model.folder):
        if not path.exists():
            raise InputError(str(path), "nothing", "the model's code file and its folder")
    client = run.store.client
    with run.store.in_reach():
        stored = client.create_logged_model(
            run.store.experiment_id, name, source_run_id=run.run_id, params=run.origin.parameters
        )
    try:
        with tempfile.TemporaryDirectory() as temporary:
            saved = str(Path(temporary) / "model")
            # Explicit requirements: MLflow would find them by loading the model in a process of its own.
            mlflow.pyfunc.save_model(
                saved,
                python_model=str(model.code),
                artifacts={"model": str(model.folder)},
                input_example=model.example,
                pip_requirements=list(model.requirements),
                code_paths=[str(package) for package in model.packages] or None,
                mlflow_model=Model(
                    artifact_path=stored.artifact_location,
                    run_id=run.run_id,
                    model_uuid=stored.model_id,
                    model_id=stored.model_id,
                ),
            )
            mlflow.pyfunc.load_model(saved).predict(model.example)
            with run.store.in_reach():
                client.log_model_artifacts(stored.model_id, saved)
    except BaseException:
        with suppress(InputError), run.store.in_reach():
            client.finalize_logged_model(stored.model_id, "FAILED")
        raise
    with run.store.in_reach():
        client.finalize_logged_model(stored.model_id, "READY")
        client.log_outputs(run.run_id, [LoggedModelOutput(stored.model_id, step=0)])
    return f"models:/{stored.model_id}"
