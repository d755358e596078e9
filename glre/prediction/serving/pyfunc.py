"""The file that MLflow runs to serve a trained model (models from code)."""

import json
from pathlib import Path
from typing import Any

from mlflow.exceptions import MlflowException
from mlflow.models import set_model
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE
from mlflow.pyfunc.model import PythonModel

from glre.errors import InputError
from glre.prediction.predictor import Predictor
from glre.prediction.serving.prediction import Prediction, prediction_rows
from glre.prediction.serving.request import read_request


class Refusal(MlflowException):
    """An InputError as MLflow's server takes it: status 400, its one line as the message, and no traceback."""

    def __init__(self, error: InputError) -> None:
        super().__init__(str(error), error_code=INVALID_PARAMETER_VALUE)
        self._said = str(error)

    def serialize_as_json(self) -> str:
        """The answer's body. The server puts the whole request before `message`, which nobody has to read again."""
        return json.dumps({"error_code": self.error_code, "message": self._said})


class ServedPredictor(PythonModel):
    """Answers with the predicted relations of each document."""

    def load_context(self, context: Any) -> None:
        """Load the model that MLflow keeps beside this file."""
        self._predictor = Predictor.load(Path(context.artifacts["model"]))

    def predict(self, model_input: list[str]) -> list[Prediction]:  # type: ignore[override]
        """Documents, in any format that `read_request` knows → one row per predicted relation; else a Refusal."""
        try:
            documents = read_request(model_input)
        except InputError as error:
            raise Refusal(error) from None
        return [row for found in self._predictor(documents) for row in prediction_rows(found)]


set_model(ServedPredictor())
