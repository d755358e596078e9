from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from glre.prediction.explanation.attention import attention_in

from glre.documents.document import Document
from glre.documents.table import read_documents
from glre.prediction.predictor import Predictor


@pytest.fixture(scope="module")
def predictor(finished_folder: Path) -> Predictor:
    return Predictor.load(finished_folder / "models/sample/glre/seed-1")


@pytest.fixture(scope="module")
def asked(finished_folder: Path) -> list[Document]:
    return read_documents(finished_folder / "data/processed/sample/test.parquet")


def test_every_candidate_pair_has_its_weights(predictor: Predictor, asked: list[Document]) -> None:
    for document, scored in zip(asked[:4], predictor.scores(asked[:4]), strict=True):
        found = attention_in(predictor, document)
        assert found.pairs == scored.pairs
        assert found.context.shape == (len(found.pairs), len(found.pairs))
        np.testing.assert_allclose(found.context.sum(1), 1, rtol=1e-4)
        for pair in found.pairs:
            for weights, entity in ((found.over_head(pair), pair.head), (found.over_tail(pair), pair.tail)):
                assert len(weights) == len(document.entities[entity].mentions)
                assert weights.sum() == pytest.approx(1, abs=1e-4)


def test_gold_makes_no_difference(predictor: Predictor, asked: list[Document]) -> None:
    with_gold = attention_in(predictor, asked[0])
    without = attention_in(predictor, replace(asked[0], facts=(), excluded=()))
    assert asked[0].facts
    np.testing.assert_array_equal(with_gold.context, without.context)
    np.testing.assert_array_equal(with_gold.head, without.head)


def test_a_document_without_candidate_pairs(predictor: Predictor, asked: list[Document]) -> None:
    assert attention_in(predictor, replace(asked[0], entities=(), facts=(), excluded=())).pairs == ()
