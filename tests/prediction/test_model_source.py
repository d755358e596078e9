import json
import shutil
from pathlib import Path

import pytest

from glre.errors import InputError
from glre.prediction.model_source import find_model

SEED = "models/sample/glre/seed-1"


@pytest.fixture
def two_seeds(own_folder: Path) -> Path:
    """A second seed, better on dev."""
    other = own_folder / "models/sample/glre/seed-2"
    shutil.copytree(own_folder / SEED, other)
    content = json.loads((other / "settings.json").read_text())
    (other / "settings.json").write_text(json.dumps(content | {"seed": 2, "dev_f1": content["dev_f1"] + 0.1}))
    return own_folder


def test_the_best_seed_of_a_folder_of_models_or_results(two_seeds: Path) -> None:
    assert find_model(SEED) == Path(SEED)
    assert find_model("models/sample/glre") == Path("models/sample/glre/seed-2")
    assert find_model("results/sample/glre") == two_seeds / "models/sample/glre/seed-2"


def test_a_model_in_mlflow_is_the_one_that_was_trained(finished: Path) -> None:
    for reference in ("models:/glre-sample@champion", "glre-sample@champion", "models:/glre-sample/1"):
        found = find_model(reference)
        assert found != finished / SEED
        for name in ("model.safetensors", "settings.json", "dev_curve.json"):
            assert (found / name).read_bytes() == (finished / SEED / name).read_bytes()


def test_a_run_of_a_seed(finished: Path) -> None:
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{finished}/mlflow.db")
    version = client.get_model_version_by_alias("glre-sample", "champion")
    found = find_model(f"runs:/{version.run_id}")
    assert (found / "settings.json").read_bytes() == (finished / SEED / "settings.json").read_bytes()


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("nowhere", "nowhere: found no such folder; expected a model's folder"),
        ("params.yaml", r"params\.yaml: found a file; expected a model's folder"),
        ("data/sample", "data/sample: found no trained model"),
        ("models:/glre-nothing@champion", "found no such model in MLflow's store"),
        ("glre-sample@best", "found no such model in MLflow's store"),
        (f"models:/m-{'0' * 32}", "found no such model in MLflow's store"),
        (f"runs:/{'0' * 32}", "found no such model in MLflow's store"),
        ("models:/", "found no such folder"),
    ],
)
@pytest.mark.usefixtures("finished")
def test_what_is_no_model(reference: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        find_model(reference)
