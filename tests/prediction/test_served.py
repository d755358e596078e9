import io
import json
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import mlflow
import pytest
import requests
from formatted import docred_text, pubtator
from mlflow import MlflowClient
from mlflow.pyfunc import PyFuncModel
from mlflow.pyfunc.scoring_server import predictions_to_json

from benchmarks.free_port import free_port
from glre.documents.document import Document, to_json
from glre.documents.table import read_documents
from glre.prediction.predictor import Predictor
from glre.prediction.serving.prediction import Prediction, prediction_rows
from glre.tracking import read_run_id

HALF_PRECISION = 1e-3


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
def predictor(finished_folder: Path) -> Predictor:
    return Predictor.load(finished_folder / "models/sample/glre/seed-1")


@pytest.fixture(scope="module")
def made(finished_folder: Path) -> list[Document]:
    return read_documents(finished_folder / "data/processed/sample/test.parquet")[:4]


def test_documents_as_json_are_answered_as_the_predictor_answers(
    predictor: Predictor, served: PyFuncModel, made: list[Document]
) -> None:
    found = served.predict([to_json(document) for document in made])
    expected = [row for found in predictor(made) for row in prediction_rows(found)]
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


def test_what_breaks_its_format_is_refused_with_its_place(served: PyFuncModel, made: list[Document]) -> None:
    with pytest.raises(mlflow.MlflowException, match=r"input 1: found invalid JSON \(EOF while parsing") as caught:
        served.predict([to_json(made[0]), "{"])
    assert (caught.value.error_code, caught.value.get_http_status_code()) == ("INVALID_PARAMETER_VALUE", 400)


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


Answer = tuple[int, dict[str, Any]]


@pytest.fixture(scope="module")
def ask(finished_folder: Path) -> Iterator[Callable[[bytes], Answer]]:
    """Sends a body to the champion as `mlflow models serve` serves it, and gives the status and the answer."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [Path(sys.executable).with_name("mlflow"), "models", "serve", "-m", "models:/glre-sample@champion"]
    server = subprocess.Popen(
        [*command, "--env-manager", "local", "--host", "127.0.0.1", "--port", str(port)],
        cwd=finished_folder,
        env={**os.environ, "MLFLOW_TRACKING_URI": f"sqlite:///{finished_folder}/mlflow.db"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )

    def send(body: bytes) -> Answer:
        answer = requests.post(
            f"{address}/invocations", data=body, headers={"Content-Type": "application/json"}, timeout=60
        )
        return answer.status_code, answer.json()

    try:
        for _ in range(600):
            assert server.poll() is None
            with suppress(requests.ConnectionError):
                if requests.get(f"{address}/ping", timeout=60).ok:
                    break
            time.sleep(0.2)
        yield send
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def body(*texts: str) -> bytes:
    return json.dumps({"inputs": texts}).encode()


def test_a_server_answers_every_format(
    ask: Callable[[bytes], Answer], predictor: Predictor, made: list[Document]
) -> None:
    first, second, third = (
        [row.model_dump() for found in predictor([document]) for row in prediction_rows(found)] for document in made[:3]
    )
    assert first
    assert second
    assert ask(body(to_json(made[0]))) == (200, {"predictions": close(first)})
    assert ask(body(pubtator(made[0]))) == (200, {"predictions": close(first)})
    number = {entity.id: str(place) for place, entity in enumerate(made[1].entities)}
    as_docred = [{**row, "head_id": number[row["head_id"]], "tail_id": number[row["tail_id"]]} for row in second]
    assert ask(body(docred_text(made[1]))) == (200, {"predictions": close(as_docred)})
    mixed = body(docred_text(made[1]), pubtator(made[0]), to_json(made[2]))
    assert ask(mixed) == (200, {"predictions": close([*as_docred, *first, *third])})


def close(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "score": pytest.approx(row["score"], abs=HALF_PRECISION)} for row in rows]


def test_a_server_refuses_what_is_malformed_and_goes_on(ask: Callable[[bytes], Answer], made: list[Document]) -> None:
    cases = {
        body(docred_text(made[0])[:-30]): "input 0: found invalid JSON (EOF while parsing",
        body(to_json(made[1]), "plain text"): "input 1: found 'plain text'; expected PubTator (`id|t|title`",
        body(pubtator(made[0]).replace("\t", "\t9", 1)): f"input 0, line 3, document {made[0].id!r}: found a mention",
        body(): "inputs: found an empty list; expected one or more documents",
        body("[]"): "input 0: found an empty list",
    }
    for request, message in cases.items():
        status, answer = ask(request)
        assert status == 400
        assert answer.keys() == {"error_code", "message"}
        assert answer["message"].startswith(message)
        assert "\n" not in answer["message"]
    for request in (body(pubtator(made[0]))[:-20], b"", b'["a"]', b'{"inputs": [3]}', b'{"input": ["a"]}', b"\xff"):
        status, answer = ask(request)
        assert 400 <= status < 500
        assert answer["message"]
        assert "Traceback" not in json.dumps(answer)
    assert ask(body(pubtator(made[0])))[0] == 200


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
        sys.modules.pop("glre.prediction.serving.pyfunc", None)
        __import__("glre.prediction.serving.pyfunc")
