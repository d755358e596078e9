import io
import json
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.pyfunc import PyFuncModel
from mlflow.pyfunc.scoring_server import predictions_to_json

from glre.documents import Document, read_documents, to_json
from glre.errors import InputError
from glre.inference.predictor import Prediction, Predictor
from glre.tracking import read_run_id


@pytest.fixture(scope="module")
def uri(finished_folder: Path) -> str:
    """Of the model that `train` logged."""
    client = MlflowClient(f"sqlite:///{finished_folder}/mlflow.db")
    run_id = read_run_id(finished_folder / "results/sample/glre/train_run.json")
    experiment = client.get_experiment_by_name("glre")
    (of_seed,) = client.search_runs([experiment.experiment_id], f"tags.`mlflow.parentRunId` = '{run_id}'")
    assert of_seed.outputs
    (output,) = of_seed.outputs.model_outputs
    return f"models:/{output.model_id}"


@pytest.fixture(scope="module")
def served(finished_folder: Path, uri: str) -> PyFuncModel:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{finished_folder}/mlflow.db")
        return mlflow.pyfunc.load_model(uri)


@pytest.fixture(scope="module")
def made(finished_folder: Path) -> list[Document]:
    return read_documents(finished_folder / "data/processed/sample/test.parquet")[:4]


def test_documents_as_json_are_answered_as_the_predictor_answers(
    finished_folder: Path, served: PyFuncModel, made: list[Document]
) -> None:
    found = served.predict([to_json(document) for document in made])
    expected = Predictor(finished_folder / "models/sample/glre/seed-1")(made)
    assert expected
    assert [Prediction.model_validate(row, from_attributes=True) for row in found] == expected


def test_facts_may_be_left_out(served: PyFuncModel, made: list[Document]) -> None:
    asked = []
    for document in made:
        content = json.loads(to_json(document))
        del content["facts"], content["excluded"]
        asked.append(json.dumps(content))
    assert served.predict(asked) == served.predict([to_json(document) for document in made])


def test_the_answer_of_a_server(served: PyFuncModel, made: list[Document]) -> None:
    written = io.StringIO()
    predictions_to_json(served.predict([to_json(made[0])]), written)
    for row in json.loads(written.getvalue())["predictions"]:
        assert list(row) == ["document_id", "head_id", "tail_id", "relation", "score"]
        assert row["document_id"] == made[0].id


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"document 1, the whole of it: found '\{'; expected Invalid JSON: EOF while parsing"),
        ("[]", "document 1, the whole of it: found .*; expected .*"),
        ('{"id": "1"}', "document 1, title: found .*; expected Field required"),
        (
            '{"id": "1", "title": "", "text": null, "sentences": [{"words": 3}], "entities": []}',
            "document 1, sentences.0.words: found 3; expected Input should be a valid array",
        ),
    ],
)
def test_malformed_json_is_refused_with_its_place(
    served: PyFuncModel, made: list[Document], text: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        served.predict([to_json(made[0]), text])


def test_spans_outside_of_the_text_are_refused(served: PyFuncModel, made: list[Document]) -> None:
    wrong = replace(made[0], sentences=made[0].sentences[:1], facts=(), excluded=())
    with pytest.raises(InputError, match=rf"document 0, document '{made[0].id}', entity .*a mention in sentence"):
        served.predict([to_json(wrong)])


def test_what_is_no_list_of_texts_is_refused(served: PyFuncModel) -> None:
    with pytest.raises(mlflow.MlflowException, match="list"):
        served.predict([1])


def test_the_signature_names_what_goes_in_and_what_comes_out(served: PyFuncModel) -> None:
    signature = served.metadata.signature
    assert [column["type"] for column in signature.inputs.to_dict()] == ["string"]
    (answer,) = signature.outputs.to_dict()
    assert set(answer["properties"]) == {"document_id", "head_id", "tail_id", "relation", "score"}


def test_the_example_says_nothing_of_gold(finished_folder: Path, uri: str) -> None:
    (folder,) = (finished_folder / "mlartifacts").rglob(uri.rpartition("/")[2])
    (text,) = json.loads((folder / "artifacts/serving_input_example.json").read_text())["inputs"]
    content = json.loads(text)
    assert (content["facts"], content["excluded"]) == ([], [])
    assert content["entities"]


LOADED_ALONE = """
import sys
import mlflow
model = mlflow.pyfunc.load_model(sys.argv[1])
import glre
print(glre.__file__)
print(len(model.predict([sys.argv[2]])))
"""


def test_it_brings_its_code_along(finished_folder: Path, uri: str, made: list[Document], tmp_path: Path) -> None:
    environment = {"MLFLOW_TRACKING_URI": f"sqlite:///{finished_folder}/mlflow.db", "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(
        [sys.executable, "-c", LOADED_ALONE, uri, to_json(made[0])],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    place, count = ended.stdout.split()
    assert place.startswith(str(finished_folder / "mlartifacts"))
    assert int(count) > 0


def test_importing_the_served_code_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        sys.modules.pop("glre.inference.pyfunc", None)
        __import__("glre.inference.pyfunc")
