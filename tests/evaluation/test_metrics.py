import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_documents import RELATIONS, scored_documents

from glre.evaluation.metrics import Counts, count_all, count_each, macro_f1, metrics
from glre.evaluation.predictions import predictions_table
from glre.evaluation.training_facts import training_facts


@given(scored_documents(), scored_documents(2), st.sampled_from([0.1, 0.2, 0.6, 1.0]))
def test_agrees_with_sets_of_facts(made, training, threshold):
    """DocRED's scorer on sets: (document, head, tail, relation), and name triples of the training facts."""
    gold, answers, names, known = set(), set(), {}, set()
    for each, scored in zip(made.documents, made.scores, strict=True):
        for entity in each.entities:
            names[each.id, entity.id] = [mention.text for mention in entity.mentions]
        gold |= {(each.id, fact.head, fact.tail, fact.relation) for fact in each.facts}
        left_out = {(pair.head, pair.tail) for pair in each.excluded}
        for pair, row in zip(scored.pairs, scored.scores, strict=True):
            head, tail = each.entities[pair.head].id, each.entities[pair.tail].id
            for relation, score in zip(RELATIONS, row, strict=True):
                if score >= threshold and (head, tail) not in left_out:
                    answers.add((each.id, head, tail, relation))
    for each in training.documents:
        texts = {entity.id: [mention.text for mention in entity.mentions] for entity in each.entities}
        known |= {(h, t, fact.relation) for fact in each.facts for h in texts[fact.head] for t in texts[fact.tail]}
    correct = gold & answers
    seen = {
        (name, head, tail, relation)
        for name, head, tail, relation in correct
        if any((h, t, relation) in known for h in names[name, head] for t in names[name, tail])
    }

    precision = len(correct) / len(answers) if answers else 0
    recall = len(correct) / len(gold) if gold else 0
    unseen = len(answers) - len(seen)
    ign_precision = (len(correct) - len(seen)) / unseen if unseen else 0
    table = predictions_table(
        made.documents,
        made.scores,
        RELATIONS,
        split="dev",
        seed=1,
        threshold=threshold,
        training=training_facts(training.documents),
    )
    counts = count_all(table)
    assert counts == Counts(len(correct), len(answers), len(gold), len(seen))
    result = metrics(counts)
    assert result.support == len(gold)
    assert result.precision == pytest.approx(precision, abs=1e-12)
    assert result.recall == pytest.approx(recall, abs=1e-12)
    assert result.ign_precision == pytest.approx(ign_precision, abs=1e-12)
    for f1, of in ((result.f1, precision), (result.ign_f1, ign_precision)):
        assert f1 == pytest.approx(2 * of * recall / (of + recall) if of + recall else 0, abs=1e-12)


def test_by_hand():
    result = metrics(Counts(true_positives=6, predicted=10, facts=12, seen_true_positives=2))
    assert result.precision == 0.6
    assert result.recall == 0.5
    assert result.f1 == pytest.approx(6 / 11)
    assert result.ign_precision == 0.5
    assert result.ign_f1 == 0.5
    assert result.support == 12


def test_only_a_correct_prediction_is_ever_ignored():
    table = pd.DataFrame(
        {
            "predicted": [True, True, False],
            "gold": [True, False, True],
            "seen_in_train": [False, True, True],
        }
    )
    assert count_all(table) == Counts(true_positives=1, predicted=2, facts=2, seen_true_positives=0)


ROWS = st.tuples(st.integers(0, 3), st.booleans(), st.booleans(), st.booleans())


@given(st.lists(ROWS, max_size=20))
def test_counts_of_buckets_are_those_of_their_rows(rows):
    table = pd.DataFrame(rows, columns=["bucket", "predicted", "gold", "seen_in_train"])
    table = table.astype({"bucket": "int64", "predicted": "bool", "gold": "bool", "seen_in_train": "bool"})
    expected = tuple(count_all(table[table["bucket"] == bucket]) for bucket in range(5))
    assert count_each(table, table["bucket"].to_numpy(), 5) == expected


def test_macro_f1_is_the_mean_over_those_with_facts():
    found, missed, invented = Counts(2, 2, 2, 0), Counts(0, 3, 4, 0), Counts(0, 9, 0, 0)
    assert macro_f1([found, missed, invented]) == 0.5
    assert macro_f1([invented]) == macro_f1([]) == 0


@pytest.mark.parametrize("counts", [Counts(0, 0, 0, 0), Counts(0, 4, 0, 0), Counts(0, 0, 4, 0), Counts(0, 3, 4, 0)])
def test_nothing_right_is_zero(counts):
    result = metrics(counts)
    assert (result.precision, result.recall, result.f1, result.ign_f1) == (0, 0, 0, 0)


def test_ign_f1_is_zero_where_every_prediction_was_seen():
    result = metrics(Counts(3, 3, 5, 3))
    assert result.precision == 1
    assert result.ign_precision == result.ign_f1 == 0


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.data())
def test_ignoring_never_helps(true_positives, wrong, missed, data):
    seen = data.draw(st.integers(0, true_positives))
    result = metrics(Counts(true_positives, true_positives + wrong, true_positives + missed, seen))
    assert 0 <= result.ign_f1 <= result.f1 + 1e-12
    assert result.f1 <= 1
    if not seen:
        assert result.ign_f1 == result.f1
