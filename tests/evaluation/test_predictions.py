import tracemalloc
from itertools import permutations, product

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_documents import NOT_ASKED_FOR, RELATIONS, document, scored_documents

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document, Entity, Mention, Sentence
from glre.errors import InputError
from glre.evaluation.document_scores import DocumentScores
from glre.evaluation.predictions import predictions_table, read_predictions, write_predictions
from glre.evaluation.training_facts import training_facts

COLUMNS = [
    *("split", "seed", "document_id", "head_id", "tail_id", "relation", "score"),
    *("predicted", "gold", "seen_in_train", "distance", "mentions", "excluded"),
]
NO_TRAINING = training_facts([])


def rows_by_definition(made, threshold, training, floor):
    rows = set()
    for each, scored in zip(made.documents, made.scores, strict=True):
        for head, tail in product(each.entities, each.entities):
            for column, relation in enumerate([*RELATIONS, NOT_ASKED_FOR]):
                pair = CandidatePair(each.entities.index(head), each.entities.index(tail))
                asked = pair in scored.pairs and relation != NOT_ASKED_FOR
                score = scored.scores[scored.pairs.index(pair), column] if asked else 0.0
                gold = any((f.head, f.tail, f.relation) == (head.id, tail.id, relation) for f in each.facts)
                excluded = any((p.head, p.tail) == (head.id, tail.id) for p in each.excluded)
                predicted = asked and not excluded and score >= threshold
                seen = any(
                    fact.relation == relation
                    and {m.text for e in other.entities if e.id == fact.head for m in e.mentions}
                    & {m.text for m in head.mentions}
                    and {m.text for e in other.entities if e.id == fact.tail for m in e.mentions}
                    & {m.text for m in tail.mentions}
                    for other in training.documents
                    for fact in other.facts
                )
                distance = min(abs(a.sentence - b.sentence) for a in head.mentions for b in tail.mentions)
                mentions = (len(head.mentions) + len(tail.mentions)) / 2
                if predicted or gold or (asked and score > floor):
                    scored_as = (score, predicted, gold, seen, distance, mentions, excluded)
                    rows.add(("dev", 3, each.id, head.id, tail.id, relation, *scored_as))
    return rows


@given(scored_documents(), scored_documents(2), st.sampled_from([0.0, 0.005, 0.2, 0.6, 1.0]))
def test_holds_exactly_the_rows_of_the_definition(made, training, threshold):
    table = predictions_table(
        made.documents,
        made.scores,
        RELATIONS,
        split="dev",
        seed=3,
        threshold=threshold,
        training=training_facts(training.documents),
    )
    assert list(table.columns) == COLUMNS
    rows = list(table.itertuples(index=False, name=None))
    assert len(rows) == len(set(rows))
    assert set(rows) == rows_by_definition(made, threshold, training, floor=0.01)


@given(scored_documents())
def test_column_types_are_always_the_same(made):
    table = predictions_table(
        made.documents, made.scores, RELATIONS, split="dev", seed=3, threshold=0.5, training=NO_TRAINING
    )
    kinds = {"int64": {"seed", "distance"}, "float64": {"score", "mentions"}}
    kinds["bool"] = {"predicted", "gold", "seen_in_train", "excluded"}
    kinds["string"] = set(COLUMNS) - set().union(*kinds.values())
    for kind, names in kinds.items():
        assert set(table.columns[table.dtypes == kind]) == names


def one_document():
    made = document(
        [[(0, "aspirin"), (4, "aspirin"), (5, "drug")], [(2, "ulcer")], [(6, "fever")]],
        [(0, 1, "causes"), (2, 0, "treats")],
        excluded=[(0, 2)],
    )
    pairs = (CandidatePair(0, 1), CandidatePair(0, 2))
    return made, DocumentScores(made.id, pairs, np.array([[0.4, 0.01], [0.9, 0.005]], dtype=np.float32))


def one_table(threshold=0.5):
    made, scores = one_document()
    training = training_facts([document([[(0, "drug")], [(0, "ulcer")]], [(0, 1, "causes")])])
    return predictions_table([made], [scores], RELATIONS, split="test", seed=1, threshold=threshold, training=training)


def test_a_document_by_hand():
    table = one_table()
    assert table[["head_id", "tail_id", "relation"]].to_numpy().tolist() == [
        ["E0", "E1", "causes"],
        ["E0", "E2", "causes"],
        ["E2", "E0", "treats"],
    ]
    assert table["score"].tolist() == [float(np.float32(0.4)), float(np.float32(0.9)), 0.0]
    assert table["predicted"].tolist() == [False, False, False]
    assert table["gold"].tolist() == [True, False, True]
    assert table["seen_in_train"].tolist() == [True, False, False]
    assert table["distance"].tolist() == [2, 1, 1]
    assert table["mentions"].tolist() == [2.0, 2.0, 2.0]
    assert table["excluded"].tolist() == [False, True, False]


def test_a_score_equal_to_the_threshold_is_predicted():
    assert one_table(threshold=float(np.float32(0.4)))["predicted"].tolist() == [True, False, False]


def test_predictions_below_the_floor_have_rows():
    table = one_table(threshold=0.001)
    assert table["relation"].tolist() == ["causes", "treats", "causes", "treats"]
    assert table["predicted"].tolist() == [True, True, False, False]


def test_a_fact_nobody_asked_for_is_never_predicted():
    table = one_table(threshold=0.0)
    assert table.loc[table["head_id"] == "E2", "predicted"].tolist() == [False]


def test_misaligned_scores_are_refused():
    made, scores = one_document()
    wrong = [
        ([], RELATIONS, "zip"),
        ([DocumentScores("other", scores.pairs, scores.scores)], RELATIONS, "'other' where those of 'document'"),
        ([scores], RELATIONS[:1], "2 scores for 1 relations"),
    ]
    for given_scores, relations, message in wrong:
        with pytest.raises(ValueError, match=message):
            predictions_table(
                [made], given_scores, relations, split="test", seed=1, threshold=0.5, training=NO_TRAINING
            )


def test_scores_that_do_not_fit_are_refused():
    pairs = (CandidatePair(0, 1),)
    with pytest.raises(ValueError, match="1 pairs"):
        DocumentScores("d", pairs, np.zeros((2, 1)))
    for wrong in (np.nan, -0.1, 1.1):
        with pytest.raises(ValueError, match="not probabilities"):
            DocumentScores("d", pairs, np.array([[wrong]]))


def test_two_documents_with_one_id_are_refused():
    made, scores = one_document()
    with pytest.raises(InputError, match="second document"):
        predictions_table(
            [made, made], [scores, scores], RELATIONS, split="test", seed=1, threshold=0.5, training=NO_TRAINING
        )


def test_rows_of_a_document_follow_its_pairs_and_then_the_relations():
    made = document([[(0, "a")], [(1, "b")], [(2, "c")]], [(0, 1, NOT_ASKED_FOR), (1, 2, "treats")])
    scores = DocumentScores(made.id, (CandidatePair(1, 0), CandidatePair(0, 1)), np.full((2, 2), 0.5))
    table = predictions_table([made], [scores], RELATIONS, split="test", seed=1, threshold=0.9, training=NO_TRAINING)
    assert table[["head_id", "tail_id", "relation"]].to_numpy().tolist() == [
        ["E1", "E0", "causes"],
        ["E1", "E0", "treats"],
        ["E0", "E1", "causes"],
        ["E0", "E1", "treats"],
        ["E0", "E1", NOT_ASKED_FOR],
        ["E1", "E2", "treats"],
    ]


def test_entities_are_those_of_their_own_document():
    made = [
        Document(name, "", None, (Sentence(("word",)),), tuple(entity(name, number) for number in range(size)))
        for name, size in (("first", 3), ("second", 2), ("third", 4))
    ]
    pairs = (CandidatePair(0, 1), CandidatePair(1, 0))
    scores = [DocumentScores(each.id, pairs, np.full((2, 1), 0.5)) for each in made]
    table = predictions_table(made, scores, ("causes",), split="test", seed=1, threshold=0.9, training=NO_TRAINING)
    assert table[["document_id", "head_id", "tail_id"]].to_numpy().tolist() == [
        [name, f"{name} {head}", f"{name} {tail}"]
        for name in ("first", "second", "third")
        for head, tail in ((0, 1), (1, 0))
    ]


def entity(name, number):
    return Entity(f"{name} {number}", "X", (Mention(0, 0, 1, "word", "X"),))


def many_cells(documents):
    """Documents of 20 entities and 96 relations, where a cell in two hundred scores above the floor."""
    random = np.random.default_rng(1)
    relations = tuple(f"P{number}" for number in range(96))
    pairs = tuple(CandidatePair(*pair) for pair in permutations(range(20), 2))
    made, scores = [], []
    for number in range(documents):
        mentions = [[(entity % 7, f"name {entity}")] for entity in range(20)]
        made.append(document(mentions, [(0, 1, "P1"), (1, 2, "P95")], name=f"document {number}"))
        values = random.random((len(pairs), len(relations)), dtype=np.float32)
        scores.append(DocumentScores(made[-1].id, pairs, np.where(values > 0.995, values, values * np.float32(0.01))))
    return made, scores, relations


def test_cells_below_the_floor_cost_next_to_no_memory():
    made, scores, relations = many_cells(40)
    cells = sum(scored.scores.size for scored in scores)

    def table(number):
        return predictions_table(
            made[:number], scores[:number], relations, split="test", seed=1, threshold=0.5, training=NO_TRAINING
        )

    table(2)
    tracemalloc.start()
    rows = table(len(made))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert cells / 300 < len(rows) < cells / 100
    assert peak < 4 * cells, "more than the scores themselves"


def test_the_file_is_small(tmp_path):
    made, scores, relations = many_cells(40)
    table = predictions_table(made, scores, relations, split="test", seed=1, threshold=0.5, training=NO_TRAINING)
    write_predictions(table, tmp_path / "predictions.parquet")
    assert (tmp_path / "predictions.parquet").stat().st_size < 12 * len(table)


def test_reads_back_what_was_written(tmp_path):
    path = tmp_path / "results" / "predictions.parquet"
    both = pd.concat([one_table(), one_table(threshold=0.3)], ignore_index=True)
    write_predictions(both, path)
    pd.testing.assert_frame_equal(read_predictions(path), both)
    write_predictions(both.iloc[:0], path)
    pd.testing.assert_frame_equal(read_predictions(path), both.iloc[:0])


def test_the_same_table_is_the_same_file(tmp_path):
    write_predictions(one_table(), tmp_path / "first")
    write_predictions(one_table().iloc[::-1].iloc[::-1], tmp_path / "second")
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    assert pq.read_schema(tmp_path / "first").metadata is None, "a library's version would change the file"


def test_refuses_other_files(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_predictions(tmp_path / "none.parquet")
    text = tmp_path / "text.parquet"
    text.write_text("not a table")
    with pytest.raises(InputError, match="not Parquet"):
        read_predictions(text)
    other = tmp_path / "other.parquet"
    pq.write_table(pa.table({"score": [0.5]}), other)
    with pytest.raises(InputError, match=r"columns \['score'\]"):
        read_predictions(other)
