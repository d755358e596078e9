from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from random_documents import large_document
from small_models import ABLATIONS
from small_sample import small_settings
from untrained import RELATIONS, untrained

from glre.documents.candidates import CandidatePair, candidate_pairs
from glre.documents.document import Document
from glre.documents.table import read_documents
from glre.errors import InputError
from glre.prediction import limits
from glre.prediction.explanation.context import LEAST, MOST
from glre.prediction.explanation.explanation import OF_ASKED_PAIR, Explanation, explain
from glre.prediction.explanation.probe import Probe
from glre.prediction.options import Options, Precision
from glre.prediction.predictor import Predictor

PARTS = ("global", "local", "context")
MODEL = "models/sample/glre/seed-1"
NAME = small_settings()["datasets"]["sample"]["relation_names"]["CID"]


def loaded(threshold: float | None = None) -> Predictor:
    return Predictor.load(MODEL, Options(threshold, precision=Precision.FLOAT32))


@pytest.fixture(scope="module")
def documents(finished_folder: Path) -> list[Document]:
    return read_documents(finished_folder / "data/processed/sample/test.parquet")


@pytest.fixture
def predictor(finished: Path) -> Predictor:
    """With a threshold that lets several relations through."""
    assert finished.exists()
    return loaded(0.15)


def keys(explanation: Explanation) -> list[tuple[str, str, str]]:
    return [(each.head.id, each.tail.id, each.relation) for each in explanation.relations]


def test_what_is_explained_is_what_is_predicted(predictor: Predictor, documents: list[Document]) -> None:
    answers = predictor(documents)
    several = 0
    for document, answer in zip(documents, answers, strict=True):
        found = explain(predictor, document)
        assert (found.document, found.pairs, found.was_asked) == (document, answer.pairs, False)
        assert found.predicted == len(answer.relations)
        if not answer.relations:
            continue
        several += len(answer.relations) > 1
        assert keys(found) == [(each.head.id, each.tail.id, each.relation) for each in answer.relations]
        for told, relation in zip(found.relations, answer.relations, strict=True):
            assert told.is_predicted
            assert told.name == relation.name == NAME
            assert told.threshold == relation.threshold == 0.15
            assert told.score == pytest.approx(relation.score, abs=1e-5)
            assert told.sentences == relation.sentences
            assert [each.text for each in told.head.mentions] == [each.text for each in relation.head.mentions]
            assert [each.weight for each in told.tail.mentions] == pytest.approx(
                [each.weight for each in relation.tail.mentions], abs=1e-5
            )
    assert several


def test_context_is_theta_of_the_other_pairs_with_what_is_predicted_for_them(
    predictor: Predictor, documents: list[Document]
) -> None:
    listed = 0
    for document in documents[:6]:
        probe = Probe(predictor, document)
        assert probe.evidence is not None
        ids = {
            (document.entities[pair.head].id, document.entities[pair.tail].id): place
            for place, pair in enumerate(probe.pairs)
        }
        scores = predictor.scores([document])[0].scores
        for told in explain(predictor, document).relations:
            own = ids[told.head.id, told.tail.id]
            theta = probe.evidence.others(own)
            assert theta is not None
            assert told.own == pytest.approx(float(theta[own]), abs=1e-5)
            others = sorted((float(weight) for place, weight in enumerate(theta) if place != own), reverse=True)
            expected = [weight for weight in others if weight >= LEAST][:MOST]
            assert [pair.weight for pair in told.context] == pytest.approx(expected, abs=1e-5)
            for pair in told.context:
                place = ids[pair.head, pair.tail]
                assert place != own
                assert pair.weight == pytest.approx(float(theta[place]), abs=1e-5)
                assert pair.predicted == ((NAME,) if scores[place, 0] >= 0.15 else ())
                entities = {entity.id: entity.mentions[0].text for entity in document.entities}
                assert (pair.head_name, pair.tail_name) == (entities[pair.head], entities[pair.tail])
                listed += 1
    assert listed > 5


@pytest.mark.parametrize("part", PARTS)
def test_scores_without_a_part_are_those_of_a_model_whose_part_gives_zeros(
    part: str, predictor: Predictor, documents: list[Document]
) -> None:
    modules = predictor.model.scorer.network.parts()
    document = documents[0]
    told = explain(predictor, document)
    hooks = [module.register_forward_hook(lambda *given: torch.zeros_like(given[-1])) for module in modules[part]]
    silenced = predictor.scores([document])[0]
    for hook in hooks:
        hook.remove()
    whole = predictor.scores([document])[0].scores
    assert np.abs(silenced.scores - whole).max() > 1e-3
    for relation in told.relations:
        (without,) = [each for each in relation.without if each.part == part]
        pair = CandidatePair(*(place(document, each.id) for each in (relation.head, relation.tail)))
        assert without.score == pytest.approx(float(silenced.scores[silenced.pairs.index(pair), 0]), abs=1e-5)
        assert without.mean == pytest.approx(float(silenced.scores.mean()), abs=1e-5)
        assert relation.mean == pytest.approx(float(whole.mean()), abs=1e-5)
        assert [each.part for each in relation.without] == list(PARTS)


def place(document: Document, entity: str) -> int:
    return [each.id for each in document.entities].index(entity)


def test_a_pair_that_is_asked_for_is_told_below_the_threshold(finished: Path, documents: list[Document]) -> None:
    assert finished.exists()
    predictor, document = loaded(1.0), documents[0]
    pairs = candidate_pairs(document, predictor.model.settings.candidates)
    scores = predictor.scores([document])[0].scores
    for number, pair in enumerate(pairs):
        found = explain(predictor, document, pair)
        (told,) = found.relations
        assert (found.was_asked, found.predicted, told.is_predicted) == (True, 0, False)
        assert (told.head.id, told.tail.id) == (document.entities[pair.head].id, document.entities[pair.tail].id)
        assert told.score == pytest.approx(float(scores[number, 0]), abs=1e-5)


def test_where_nothing_is_predicted_the_nearest_is_told(finished: Path, documents: list[Document]) -> None:
    assert finished.exists()
    predictor = loaded(1.0)
    for document in documents[:4]:
        found = explain(predictor, document)
        (told,) = found.relations
        assert (found.predicted, told.is_predicted) == (0, False)
        assert told.score == pytest.approx(float(predictor.scores([document])[0].scores.max()), abs=1e-5)


def test_without_candidate_pairs_there_is_nothing_to_tell(predictor: Predictor, documents: list[Document]) -> None:
    chemicals = tuple(entity for entity in documents[0].entities if entity.type == "Chemical")
    for entities in (chemicals, ()):
        found = explain(predictor, replace(documents[0], entities=entities, facts=()))
        assert (found.pairs, found.predicted, found.relations) == (0, 0, ())


def test_facts_are_not_looked_at(predictor: Predictor, documents: list[Document]) -> None:
    document = next(each for each in documents if each.facts)
    assert explain(predictor, document).relations == explain(predictor, replace(document, facts=())).relations


def test_what_can_not_be_explained(
    predictor: Predictor, documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    turned = candidate_pairs(documents[0], predictor.model.settings.candidates)[0]
    with pytest.raises(ValueError, match="no candidate pair"):
        explain(predictor, documents[0], CandidatePair(turned.tail, turned.head))
    monkeypatch.setattr(limits, "MOST_PAIRS", 1)
    with pytest.raises(InputError, match="expected at most 1: cut it into parts"):
        explain(predictor, documents[0])


MADE = large_document(4, [6, 5, 4], [3, 1, 2])


def test_of_an_asked_pair_the_highest_relations_are_told_and_all_that_are_predicted(tmp_path: Path) -> None:
    for threshold, told in ((1.0, OF_ASKED_PAIR), (0.0, len(RELATIONS))):
        predictor = untrained(tmp_path / "model", threshold)
        for number, pair in enumerate(candidate_pairs(MADE, predictor.model.settings.candidates)):
            scores = predictor.scores([MADE])[0].scores[number]
            found = explain(predictor, MADE, pair)
            order = sorted(range(len(RELATIONS)), key=lambda column: -scores[column])
            assert [each.relation for each in found.relations] == [RELATIONS[column] for column in order[:told]]
            assert {(each.head.id, each.tail.id) for each in found.relations} == {
                (MADE.entities[pair.head].id, MADE.entities[pair.tail].id)
            }
            assert [each.is_predicted for each in found.relations] == told * [threshold == 0.0]


def test_without_a_pair_all_that_is_predicted_is_told_highest_first(tmp_path: Path) -> None:
    predictor = untrained(tmp_path / "model", 0.0)
    found = explain(predictor, MADE)
    scores = [each.score for each in found.relations]
    assert len(scores) == found.predicted == found.pairs * len(RELATIONS)
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("name", ABLATIONS)
def test_what_a_model_lacks_is_not_told(name: str, tmp_path: Path) -> None:
    has = {part: ABLATIONS[name].get(f"use_{part}", True) for part in PARTS}
    for relation in explain(untrained(tmp_path / "model", 0.0, **ABLATIONS[name]), MADE).relations:
        assert [each.part for each in relation.without] == [part for part in PARTS if has[part]]
        assert (relation.context is None, relation.own is None) == 2 * (not has["context"],)
        mentions = (*relation.head.mentions, *relation.tail.mentions)
        assert {mention.weight is None for mention in mentions} == {not has["local"]}


def test_threads_may_explain_and_predict_with_the_same_predictor(tmp_path: Path) -> None:
    predictor = untrained(tmp_path / "model", 0.5)
    made = [large_document(seed, [6, 5, 4], [3, 1, 2]) for seed in range(4)]
    told, answers = [explain(predictor, document) for document in made], predictor(made)
    with ThreadPoolExecutor(4) as threads:
        again = threads.map(lambda number: explain(predictor, made[number % 4]), range(24))
        predicted = threads.map(lambda _: predictor(made), range(12))
        assert list(again) == 6 * told
        assert list(predicted) == 12 * [answers]
