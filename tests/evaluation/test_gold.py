import pytest
from scored_documents import document

from glre.documents.candidates import CandidatePair
from glre.errors import InputError
from glre.evaluation.gold import distinct_facts, pair_labels

NAMES = [[(0, "a")], [(1, "b")], [(2, "c")]]


def test_marks_gold_cells_and_counted_pairs():
    made = document(NAMES, [(0, 1, "treats"), (0, 1, "causes"), (2, 0, "treats")], excluded=[(1, 0)])
    pairs = (CandidatePair(0, 1), CandidatePair(1, 0), CandidatePair(0, 2), CandidatePair(2, 0))
    labels = pair_labels(made, pairs, ("causes", "treats"))
    assert labels.gold.tolist() == [[True, True], [False, False], [False, False], [False, True]]
    assert labels.counted.tolist() == [True, False, True, True]
    assert labels.facts == 3


def test_counts_facts_that_have_no_cell():
    made = document(NAMES, [(0, 1, "treats"), (1, 2, "causes"), (0, 1, "prevents")])
    labels = pair_labels(made, (CandidatePair(0, 1),), ("causes", "treats"))
    assert labels.gold.tolist() == [[False, True]]
    assert labels.facts == 3


def test_a_repeated_fact_is_one_fact():
    made = document(NAMES, [(1, 0, "causes"), (0, 1, "causes"), (1, 0, "causes")])
    assert [(fact.head, fact.tail) for fact in distinct_facts(made)] == [("E1", "E0"), ("E0", "E1")]
    assert pair_labels(made, (), ("causes",)).facts == 2


def test_excluding_a_gold_pair_is_refused():
    made = document(NAMES, [(0, 1, "causes")], excluded=[(0, 1)], name="pmid 7")
    with pytest.raises(InputError, match=r"'pmid 7'.*E0, causes, E1"):
        pair_labels(made, (), ("causes",))
