import subprocess
from collections.abc import Callable
from pathlib import Path

import mlflow.pyfunc
import pytest
from mlflow import MlflowClient

from glre.tracking import ServedModel, StageIdentity, log_model, stage_run

CODE = """
import json
from pathlib import Path

import mlflow
from pydantic import BaseModel


class Document(BaseModel):
    id: str
    text: str


class WordCounter(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        self.weight = json.loads((Path(context.artifacts["model"]) / "settings.json").read_text())["weight"]

    def predict(self, context, model_input: list[Document]) -> list[dict[str, float]]:
        return [{"score": len(document.text.split()) * self.weight} for document in model_input]


mlflow.models.set_model(WordCounter())
"""
DOCUMENTS = [{"id": "1", "text": "a b c"}, {"id": "2", "text": "a"}]


@pytest.fixture
def model(root: Path) -> ServedModel:
    (root / "model").mkdir()
    (root / "model" / "settings.json").write_text('{"weight": 0.5}')
    (root / "served.py").write_text(CODE)
    return ServedModel(Path("served.py"), Path("model"), DOCUMENTS, ["mlflow"])


def test_a_logged_model_is_loaded_from_the_store_and_answers(
    root: Path, model: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage_run(StageIdentity("train", "cdr", "glre"), {"model": {"hidden": 256}}, []) as run:
        uri = log_model(run, model)
    model.code.unlink()
    (model.folder / "settings.json").unlink()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", run.store.uri)
    loaded = mlflow.pyfunc.load_model(uri)
    assert loaded.predict(DOCUMENTS) == [{"score": 1.5}, {"score": 0.5}]
    with pytest.raises(mlflow.MlflowException, match="text"):
        loaded.predict([{"id": "1"}])
    assert loaded.metadata.signature.inputs.to_dict()[0]["properties"].keys() == {"id", "text"}

    client = MlflowClient(tracking_uri=run.store.uri)
    stored = client.get_logged_model(uri.removeprefix("models:/"))
    assert (stored.name, stored.status.value, stored.source_run_id) == ("model", "READY", run.run_id)
    assert stored.params == {"model.hidden": "256"}
    outputs = client.get_run(run.run_id).outputs
    assert outputs
    assert [output.model_id for output in outputs.model_outputs] == [stored.model_id]

    files = {path.name for path in (root / "mlartifacts" / "models").rglob("*") if path.is_file()}
    assert {"MLmodel", "served.py", "settings.json", "requirements.txt"} <= files
    assert not [name for name in files if "pkl" in name or "pickle" in name]
    (requirements,) = (root / "mlartifacts").rglob("requirements.txt")
    assert requirements.read_text().split() == ["mlflow"]


def test_a_model_that_does_not_answer_its_example_is_not_kept(model: ServedModel) -> None:
    model.code.write_text(CODE.replace('["weight"]', '["height"]'))
    with (
        pytest.raises(KeyError, match="height"),
        stage_run(StageIdentity("train", "cdr", "glre"), {}, []) as run,
    ):
        log_model(run, model)
    client = MlflowClient(tracking_uri=run.store.uri)
    stored = client.search_logged_models([run.store.experiment_id])
    assert [found.status.value for found in stored] == ["FAILED"]
    assert client.get_run(run.run_id).info.status == "FAILED"
    outputs = client.get_run(run.run_id).outputs
    assert outputs
    assert not outputs.model_outputs


LOGGED_QUIETLY = """
import sys
asked = []
network = ("socket.connect", "socket.getaddrinfo", "socket.sendto")
sys.addaudithook(lambda event, arguments: asked.append(arguments) if event in network else None)
from pathlib import Path
from glre.tracking import ServedModel, StageIdentity, log_model, stage_run
model = ServedModel(Path("served.py"), Path("model"), [{"id": "1", "text": "a"}], ["mlflow"])
with stage_run(StageIdentity("train", "cdr", "glre"), {}, []) as run:
    log_model(run, model)
assert not asked, asked
"""


def test_logging_a_model_is_silent_and_stays_off_the_network(
    model: ServedModel, start_python: Callable[[str], "subprocess.Popen[str]"]
) -> None:
    assert model.folder.is_dir()
    process = start_python(LOGGED_QUIETLY)
    assert process.communicate() == ("", "")
    assert process.returncode == 0
