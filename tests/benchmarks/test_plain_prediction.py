from pathlib import Path

import numpy as np

from benchmarks.plain.prediction import PlainPredictor
from glre.documents.table import read_documents
from glre.prediction.options import Options, Precision
from glre.prediction.predictor import Predictor


def test_the_plain_loop_gives_the_same_scores(finished: Path) -> None:
    predictor = Predictor.load(finished / "models/sample/glre", Options(precision=Precision.FLOAT32))
    documents = read_documents(finished / "data/processed/sample/test.parquet")[:4]
    plain = list(PlainPredictor(predictor.model).scores(documents))
    for found, expected in zip(plain, predictor.scores(documents), strict=True):
        assert len(expected.pairs)
        assert np.abs(found.numpy() - expected.scores).max() < 1e-3
