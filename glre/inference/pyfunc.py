"""The file that MLflow runs to serve a trained model (models from code)."""

from pathlib import Path
from typing import Any

from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel

from glre.documents import from_json
from glre.inference.predictor import Prediction, Predictor


class ServedPredictor(PythonModel):
    """Answers with the predicted relations of each document."""

    def load_context(self, context: Any) -> None:
        """Load the model that MLflow keeps beside this file."""
        self._predictor = Predictor(Path(context.artifacts["model"]))

    def predict(self, model_input: list[str]) -> list[Prediction]:  # type: ignore[override]
        """Documents, each as the JSON that `glre.documents.to_json` writes → one row per predicted relation."""
        documents = [from_json(text, f"document {number}") for number, text in enumerate(model_input)]
        return self._predictor(documents)


set_model(ServedPredictor())
