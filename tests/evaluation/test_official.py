"""F1 and Ign F1 are those of DocRED's official definition, by every way from documents to figures."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from official_definition import official_metrics, raw_form
from raw_documents import RELATIONS, mention, raw_documents, read, results

from glre import paths
from glre.documents.candidates import candidate_pairs
from glre.documents.table import read_documents
from glre.evaluation.document_scores import DocumentScores
from glre.evaluation.leaderboard import ResultEntry, entries_of_table, score_result
from glre.evaluation.metrics import count_all, metrics
from glre.evaluation.predictions import predictions_table, read_predictions
from glre.evaluation.training_facts import training_facts
from glre.settings import CandidateRule

ROOT = Path(__file__).parents[2]
TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("docred")


def differences(found, official):
    figures = ("precision", "recall", "f1", "ign_precision", "ign_f1")
    return {name: abs(getattr(found, name) - getattr(official, name)) for name in figures}


def answer(entry):
    return ResultEntry(**(entry | {"evidence": tuple(entry.get("evidence", ()))}))


def entry(answer):
    return answer.model_dump() | {"evidence": list(answer.evidence)}


@settings(max_examples=80, deadline=None)
@given(raw_documents(), raw_documents(), st.data())
def test_of_any_result(folder, made, training, data):
    result = data.draw(results(made))
    official = official_metrics(made, result, training)
    found = score_result(read(made, folder), map(answer, result), training_facts(read(training, folder)))
    assert max(differences(found.relations, official).values()) < TOLERANCE
    expected = (official.evidence_precision, official.evidence_recall, official.evidence_f1)
    if found.evidence is None:
        assert expected == (0, 0, 0)
    else:
        figures = (found.evidence.precision, found.evidence.recall, found.evidence.f1)
        assert figures == pytest.approx(expected, abs=TOLERANCE)


@settings(max_examples=80, deadline=None)
@given(raw_documents(), raw_documents(), raw_documents(), st.integers(0, 3), st.floats(0.1, 0.9), st.data())
def test_of_a_table_of_predictions_where_training_is_a_file_and_a_part_of_another(
    folder, made, first, second, stop, threshold, data
):
    documents = read(made, folder)
    seed = data.draw(st.integers(0, 1000))
    scores, result = scored(documents, made, threshold, np.random.default_rng(seed))
    training = training_facts([*read(first, folder), *read(second, folder)[:stop]])
    table = predictions_table(
        documents, scores, RELATIONS, split="test", seed=1, threshold=threshold, training=training
    )
    official = official_metrics(made, result, [*first, *second[:stop]])
    assert max(differences(metrics(count_all(table)), official).values()) < TOLERANCE
    answers = entries_of_table(table, documents)
    assert {(a.title, a.h_idx, a.t_idx, a.r) for a in answers} == {tuple(each.values()) for each in result}
    assert max(differences(score_result(documents, answers, training).relations, official).values()) < TOLERANCE


def scored(documents, made, threshold, random):
    """Random scores, higher for facts, and as a result what is at or above the threshold."""
    scores, result = [], []
    for document, raw in zip(documents, made, strict=True):
        pairs = candidate_pairs(document, [CandidateRule()])
        facts = {(label["h"], label["t"], label["r"]) for label in raw["labels"]}
        values = random.random((len(pairs), len(RELATIONS)))
        for row, pair in zip(values, pairs, strict=True):
            for column, relation in enumerate(RELATIONS):
                if (pair.head, pair.tail, relation) in facts and random.random() < 0.7:
                    row[column] = threshold
                if row[column] >= threshold:
                    result.append({"title": raw["title"], "h_idx": pair.head, "t_idx": pair.tail, "r": relation})
        scores.append(DocumentScores(document.id, pairs, values))
    return scores, result


def test_ign_f1_by_hand(folder):
    """Two facts, one of which training has under other names of the same entities; both found, and one wrong answer."""
    names = [["Ada", "A."], ["Paris"], ["Rome"]]
    made = document("new", names, [(0, 1, "P1"), (0, 2, "P1")])
    training = document("old", [["A.", "Adele"], ["Paris", "Lutetia"]], [(0, 1, "P1")])
    result = [{"title": "new", "h_idx": h, "t_idx": t, "r": "P1"} for h, t in ((0, 1), (0, 2), (1, 2))]
    official = official_metrics([made], result, [training])
    assert (official.precision, official.recall) == (2 / 3, 1)
    assert official.ign_precision == 1 / 2
    assert official.ign_f1 == pytest.approx(2 / 3)
    found = score_result(read([made], folder), map(answer, result), training_facts(read([training], folder)))
    assert max(differences(found.relations, official).values()) < TOLERANCE


def document(title, names, facts):
    words = [name for own in names for name in own]
    places = itertools.count()
    return {
        "title": title,
        "sents": [words],
        "vertexSet": [[mention(name, 0, next(places)) for name in own] for own in names],
        "labels": [{"h": head, "t": tail, "r": relation, "evidence": [0]} for head, tail, relation in facts],
    }


@pytest.mark.parametrize("split", ["dev", "test"])
@pytest.mark.parametrize("dataset", ["sample_docred", "redocred_1k"])
def test_of_real_predictions(dataset, split):
    path = paths.results(dataset, "glre") / "predictions.parquet"
    for needed in (path, paths.documents(dataset, split), paths.documents(dataset, "train")):
        if not (ROOT / needed).exists():
            pytest.skip(f"no {needed}: `dvc repro evaluate@{dataset}-glre` makes it, and this test checks its figures")
    documents, training = (read_documents(ROOT / paths.documents(dataset, part)) for part in (split, "train"))
    raw, raw_training = (list(map(raw_form, each)) for each in (documents, training))
    table = read_predictions(ROOT / path)
    table = table[table["split"] == split]
    assert len(table)
    for _, rows in table.groupby("seed"):
        answers = entries_of_table(rows, documents)
        official = official_metrics(raw, list(map(entry, answers)), raw_training)
        assert max(differences(metrics(count_all(rows)), official).values()) < TOLERANCE
        found = score_result(documents, answers, training_facts(training))
        assert max(differences(found.relations, official).values()) < TOLERANCE
