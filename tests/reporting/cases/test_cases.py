from pathlib import Path

import pandas as pd
import pytest
from small_report import NAMES, THRESHOLD, attention, document, documents, predictions, results, study

from glre.documents.candidates import CandidatePair
from glre.documents.document import Fact
from glre.documents.table import read_documents
from glre.errors import InputError
from glre.evaluation.breakdowns.entity_distance import sentence_distances
from glre.prediction.explanation.context import MOST
from glre.prediction.explanation.explanation import explain
from glre.prediction.explanation.probe import Looked, Probe
from glre.prediction.options import Options
from glre.prediction.predictor import Predictor
from glre.reporting.cases.case_choice import OF_EACH_KIND, SHOWN_WORDS, choose_documents
from glre.reporting.cases.case_table import case_table
from glre.reporting.cases.cases import UNTOLD, case_studies, case_study

COLUMNS = ["document_id", "head_id", "tail_id", "relation", "score", "predicted", "gold", "distance", "excluded"]
SPLITS = {"dev": documents("dev"), "test": documents("test set", 30)}
TABLE = predictions(SPLITS, (1,), 0.35).query("split == 'test'")


def kinds(rows: pd.DataFrame) -> tuple[int, int, int]:
    """Right, missed, and wrong relations."""
    both, gold, predicted = (rows["gold"] & rows["predicted"]), rows["gold"], rows["predicted"]
    return int(both.sum()), int((gold & ~predicted).sum()), int((predicted & ~gold).sum())


def test_a_bounded_choice_of_each_kind_in_the_order_of_the_corpus() -> None:
    chosen = choose_documents(SPLITS["test"], TABLE)
    assert 2 * OF_EACH_KIND <= len(chosen) <= 3 * OF_EACH_KIND
    order = [made.id for made in SPLITS["test"]]
    assert [order.index(made.id) for made in chosen] == sorted(order.index(made.id) for made in chosen)
    found = [kinds(TABLE[TABLE["document_id"] == made.id]) for made in chosen]
    assert sum(missed > 0 for _, missed, _ in found) >= OF_EACH_KIND
    assert sum(wrong > 0 for *_, wrong in found) >= OF_EACH_KIND


def test_documents_with_everything_right_come_first_and_long_ones_not_at_all() -> None:
    made = [document(f"document {number}", [(0, 1, "causes"), (1, 4, "treats")]) for number in range(6)]
    rows = [
        (made[number].id, head, tail, relation, 0.9, True, True, distance, False)
        for number in range(6)
        for head, tail, relation, distance in (("E0", "E1", "causes", 0), ("E1", "E4", "treats", 0))
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    assert choose_documents(made, table) == made[:OF_EACH_KIND]
    far = table.assign(distance=[2 if name == made[5].id else 0 for name in table["document_id"]])
    assert choose_documents(made, far) == [*made[: OF_EACH_KIND - 1], made[5]]
    sentence = made[0].sentences[0]
    too_long = SHOWN_WORDS // len(sentence.words) + 1
    long = [type(each)(**{**_fields(each), "sentences": (sentence,) * too_long}) for each in made[:1]]
    assert choose_documents([*long, *made[1:]], table) == made[1 : OF_EACH_KIND + 1]


def _fields(made: object) -> dict[str, object]:
    return {name: getattr(made, name) for name in made.__dataclass_fields__}  # type: ignore[attr-defined]


def test_relations_are_those_of_the_table_with_what_the_model_looked_at() -> None:
    made = SPLITS["test"][0]
    rows = TABLE[TABLE["document_id"] == made.id]
    weights = attention(made)
    case = case_study("case-1", made, TABLE, NAMES, weights, "")
    counted = rows[rows["gold"] | rows["predicted"]]
    assert len(case.relations) == len(counted)
    assert tuple(case.count(outcome) for outcome in ("correct", "missed", "false")) == kinds(rows)
    distances = sentence_distances(made)
    for relation in case.relations:
        assert (relation.score >= THRESHOLD) == (relation.outcome != "missed")
        assert relation.distance == distances[relation.head, relation.tail]
        looked = relation.attention
        assert looked is not None
        assert weights.evidence is not None
        pair = CandidatePair(relation.head, relation.tail)
        mentions = made.entities[relation.head].mentions
        assert [(w.text, w.sentence - 1) for w in looked.head] == [(m.text, m.sentence) for m in mentions]
        expected = weights.evidence.mentions(weights.pairs.index(pair))
        assert [w.weight for w in looked.head] == pytest.approx(expected.head.tolist())
        assert [w.weight for w in looked.tail] == pytest.approx(expected.tail.tolist())
        theta = weights.evidence.others(weights.pairs.index(pair))
        others = sorted(
            (float(theta[place]) for place in range(len(theta)) if weights.pairs[place] != pair), reverse=True
        )
        assert [w.weight for w in looked.context] == pytest.approx(others[:MOST])
        assert looked.own == pytest.approx(float(theta[weights.pairs.index(pair)]))


def test_sentences_are_the_evidence_or_those_of_the_nearest_mentions() -> None:
    made = document("one", [(0, 2, "causes"), (1, 4, "causes")])
    with_evidence = type(made)(**{**_fields(made), "facts": (Fact("E0", "E2", "causes", (3, 1)), made.facts[1])})
    table = predictions({"test": [with_evidence]}, (1,), 0.5)
    case = case_study("case-1", with_evidence, table, {}, None, "nothing here")
    sentences = {(relation.head, relation.tail, relation.name): relation.sentences for relation in case.relations}
    assert sentences[0, 2, "causes"] == (2, 4)
    assert sentences[1, 4, "causes"] == (4,)
    assert case.missing_attention == "nothing here"
    assert all(relation.attention is None for relation in case.relations)


def test_report_and_explanation_show_the_same_attention(finished_folder: Path) -> None:
    predictor = Predictor.load(finished_folder / "models/sample/glre/seed-1", Options(threshold=0.0))
    made = read_documents(finished_folder / "data/processed/sample/test.parquet")[0]
    explained = explain(predictor, made).relations
    rows = [
        (made.id, told.head.id, told.tail.id, told.relation, told.score, True, True, 0, False) for told in explained
    ]
    case = case_study("case-1", made, pd.DataFrame(rows, columns=COLUMNS), {}, Probe(predictor, made).looked, "")
    shown = {(relation.head, relation.tail): relation.attention for relation in case.relations}
    places = {entity.id: number for number, entity in enumerate(made.entities)}
    assert len(shown) == len(explained) > 3
    for told in explained:
        looked = shown[places[told.head.id], places[told.tail.id]]
        assert looked is not None
        assert looked.own == told.own
        assert [mention.weight for mention in looked.head] == [mention.weight for mention in told.head.mentions]
        assert [mention.weight for mention in looked.tail] == [mention.weight for mention in told.tail.mentions]
        assert [(pair.head, pair.tail, pair.weight) for pair in looked.context] == [
            (pair.head_name, pair.tail_name, pair.weight) for pair in told.context
        ]


def test_a_model_that_does_not_tell_where_it_looks_says_so_once() -> None:
    made = SPLITS["test"][0]
    case = case_study("case-1", made, TABLE, NAMES, Looked(attention(made).pairs, None), "")
    assert case.missing_attention == UNTOLD
    assert case.relations
    assert all(relation.attention is None for relation in case.relations)
    columns = [column.heading for column in case_table(case).columns]
    assert columns[-2:] == ["apart", "sentences"]
    told = case_study("case-1", made, TABLE, NAMES, attention(made), "")
    assert [column.heading for column in case_table(told).columns][-3:] == [
        "head's mentions",
        "tail's mentions",
        "other pairs",
    ]


def test_of_a_document_without_pairs_nothing_is_missing() -> None:
    made = SPLITS["test"][0]
    none = TABLE[TABLE["document_id"] == "none"]
    assert case_study("case-1", made, none, NAMES, Looked((), None), "").missing_attention == ""


def test_anchors_differ() -> None:
    found = results(SPLITS)
    cases = case_studies("own-glre", study(SPLITS, found), NAMES)
    assert len({case.anchor for case in cases}) == len(cases) >= 2 * OF_EACH_KIND


def test_predictions_of_another_document_are_refused() -> None:
    made = SPLITS["test"][0]
    other = TABLE[TABLE["document_id"] == made.id].assign(head_id="nobody")
    with pytest.raises(InputError, match="the unknown entity 'nobody'"):
        case_study("case-1", made, other, NAMES, None, "")
