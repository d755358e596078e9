import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_documents import RELATIONS, mention, raw_documents, read, results
from scored_documents import document as pubtator_document

from glre.documents.candidates import CandidatePair
from glre.errors import InputError
from glre.evaluation.document_scores import DocumentScores
from glre.evaluation.leaderboard import (
    ResultEntry,
    check_result,
    entries_of_scores,
    entries_of_table,
    read_result,
    score_result,
    write_result,
)
from glre.evaluation.predictions import predictions_table
from glre.evaluation.training_facts import training_facts

NO_TRAINING = training_facts([])
FIRST = {"title": "Oslo", "h_idx": 0, "t_idx": 2, "r": "P1"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("docred")


@pytest.fixture(scope="module")
def documents(folder):
    """Two of them, with three entities and two sentences each."""
    return read([raw("Oslo"), raw("Bergen")], folder)


def raw(title):
    return {
        "title": title,
        "sents": [["one", "two", "three"], ["four"]],
        "vertexSet": [[mention(name, 0, place)] for place, name in enumerate("abc")],
        "labels": [{"h": 0, "t": 2, "r": "P1", "evidence": [0, 1]}, {"h": 2, "t": 1, "r": "P2", "evidence": [1]}],
    }


@settings(max_examples=50, deadline=None)
@given(raw_documents(), st.data())
def test_what_is_written_is_the_format_and_reads_back(folder, made, data):
    wanted = {tuple(entry[key] for key in FIRST): entry for entry in data.draw(results(made, foreign=False))}
    entries = [entry | {"evidence": entry.get("evidence", [])} for entry in wanted.values()]
    answers = tuple(ResultEntry(**(entry | {"evidence": tuple(entry["evidence"])})) for entry in entries)
    path = folder / "result.json"
    write_result(answers, read(made, folder), RELATIONS, path)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content == entries
    assert all(list(entry) == ["title", "h_idx", "t_idx", "r", "evidence"] for entry in content)
    assert read_result(path) == answers


def test_reads_a_file_of_another_hand(tmp_path):
    path = tmp_path / "result.json"
    path.write_text(json.dumps([FIRST, FIRST | {"evidence": [1], "score": 0.3}]))
    assert read_result(path) == (ResultEntry(**FIRST), ResultEntry(**FIRST, evidence=(1,)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "found Invalid JSON: EOF.*; expected a JSON list of entries"),
        ("[", "found Invalid JSON: EOF"),
        ("{}", "the whole of it: found {}"),
        ("[3]", "entry 0, the whole of it: found 3"),
        ('[{"title": "a", "h_idx": 0, "t_idx": 1}]', "entry 0: found no r; expected title, h_idx, t_idx and r"),
        ('[{"title": "a", "h_idx": 0, "t_idx": 1, "r": "P1"}, {"title": 7}]', "entry 1, title: found 7"),
        ('[{"title": "a", "h_idx": "0", "t_idx": 1, "r": "P1"}]', "entry 0, h_idx: found '0'"),
        ('[{"title": "a", "h_idx": 0, "t_idx": true, "r": "P1"}]', "entry 0, t_idx: found True"),
        ('[{"title": "a", "h_idx": 0, "t_idx": 1, "r": "P1", "evidence": [0.5]}]', "entry 0, evidence.0: found 0.5"),
        ('[{"title": "a", "h_idx": 0, "t_idx": 1, "r": "P1", "evidence": null}]', "entry 0, evidence: found None"),
    ],
)
def test_a_file_that_is_no_result_is_refused(tmp_path, content, message):
    path = tmp_path / "result.json"
    path.write_text(content)
    with pytest.raises(InputError, match=rf"result\.json[:,] {message}"):
        read_result(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_result(tmp_path / "result.json")
    with pytest.raises(InputError, match="is a directory"):
        read_result(tmp_path)
    (tmp_path / "latin_1").write_bytes('[{"title": "é"}]'.encode("latin-1"))
    with pytest.raises(InputError, match="latin_1: found Invalid JSON"):
        read_result(tmp_path / "latin_1")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": "oslo"}, "entry 1: found the title 'oslo'"),
        ({"h_idx": 3}, r"entry 1 \('Oslo'\): found the entities 3 and 2; expected two of its 3 entities"),
        ({"t_idx": -1}, "found the entities 0 and -1"),
        ({"r": "P4"}, "found the relation 'P4'; expected one of 3 known relations"),
        ({"evidence": (0, 2)}, r"found the evidence \[0, 2\]; expected sentences from 0 to 1"),
        ({"evidence": (-1,)}, r"found the evidence \[-1\]"),
        ({"h_idx": 1, "evidence": (1,)}, r"found \(1, P1, 2\) a second time"),
    ],
)
def test_answers_that_do_not_fit_the_documents_are_refused_and_nothing_is_written(tmp_path, documents, change, message):
    answers = [ResultEntry(**FIRST | {"h_idx": 1}), ResultEntry(**(FIRST | change))]
    with pytest.raises(InputError, match=message):
        write_result(answers, documents, RELATIONS, tmp_path / "result.json")
    assert not list(tmp_path.iterdir())


def test_documents_that_have_no_place_on_the_leaderboard_are_refused(folder):
    with pytest.raises(InputError, match="a second title 'Oslo'"):
        check_result([], read([raw("Oslo"), raw("Oslo")], folder), RELATIONS, "result.json")
    pubtator = pubtator_document([[(0, "a")], [(1, "b")]], [(0, 1, "P1")])
    scores = DocumentScores(pubtator.id, (CandidatePair(0, 1),), np.ones((1, 3)))
    table = predictions_table(
        [pubtator], [scores], RELATIONS, split="test", seed=1, threshold=0.5, training=NO_TRAINING
    )
    for refused in (
        lambda: check_result([], [pubtator], RELATIONS, "result.json"),
        lambda: score_result([pubtator], [], NO_TRAINING),
        lambda: entries_of_table(table, [pubtator]),
        lambda: entries_of_scores([pubtator], [scores], RELATIONS, 0.5),
    ):
        with pytest.raises(InputError, match="the entity id 'E0'; expected a number"):
            refused()


def test_answers_are_what_scores_reach_the_threshold(documents):
    pairs = (CandidatePair(0, 2), CandidatePair(1, 0))
    scores = [
        DocumentScores("Oslo", pairs, np.array([[0.7, 0.1, 0.5], [0.2, 0.3, 0.4]])),
        DocumentScores("Bergen", pairs, np.array([[0.1, 0.1, 0.1], [0.1, 0.9, 0.1]])),
    ]
    expected = (
        ResultEntry(**FIRST),
        ResultEntry(**FIRST | {"r": "P3"}),
        ResultEntry(title="Bergen", h_idx=1, t_idx=0, r="P2"),
    )
    assert entries_of_scores(documents, scores, RELATIONS, 0.5) == expected
    table = predictions_table(documents, scores, RELATIONS, split="test", seed=1, threshold=0.5, training=NO_TRAINING)
    assert entries_of_table(table, documents) == expected
    with pytest.raises(InputError, match="document 'Bergen': found no such document"):
        entries_of_table(table, documents[:1])


def test_entities_that_the_reader_passed_over_leave_the_others_their_numbers(documents):
    (made,) = documents[:1]
    scores = DocumentScores(made.id, (CandidatePair(1, 0),), np.array([[1.0, 0.0, 0.0]]))
    shorter = type(made)(made.id, made.title, None, made.sentences, made.entities[1:])
    (answer,) = entries_of_scores([shorter], [scores], RELATIONS, 0.5)
    assert (answer.h_idx, answer.t_idx) == (2, 1)
    check_result([answer], [shorter], RELATIONS, "result.json")
    with pytest.raises(InputError, match="found the entities 2 and 0; expected two of its 2 entities"):
        check_result([answer.model_copy(update={"t_idx": 0})], [shorter], RELATIONS, "result.json")


def test_a_result_by_hand(documents):
    """Of four facts one is found, and seen in training; a repeated and an unknown answer, and evidence for two."""
    result = [
        ResultEntry(**FIRST, evidence=(0,)),
        ResultEntry(**FIRST, evidence=(1,)),
        ResultEntry(**FIRST | {"title": "Trondheim"}, evidence=(0, 1)),
        ResultEntry(title="Bergen", h_idx=1, t_idx=0, r="P3", evidence=(1,)),
    ]
    found = score_result(documents, result, NO_TRAINING)
    assert (found.relations.precision, found.relations.recall) == (1 / 3, 1 / 4)
    assert found.relations.ign_f1 == found.relations.f1 == pytest.approx(2 / 7)
    assert (found.evidence.precision, found.evidence.recall) == (1 / 2, 1 / 6)
    assert found.evidence.f1 == pytest.approx(1 / 4)
    known = score_result(documents, result, training_facts(documents[1:]))
    assert (known.relations.f1, known.relations.ign_precision) == (found.relations.f1, 0)


def test_nothing_answered_and_nothing_to_find_is_zero(documents):
    nothing = score_result(documents, [], NO_TRAINING)
    assert (nothing.relations.f1, nothing.relations.support, nothing.evidence) == (0, 4, None)
    assert score_result([], [ResultEntry(**FIRST)], NO_TRAINING).relations.precision == 0
