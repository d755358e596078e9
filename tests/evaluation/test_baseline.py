import numpy as np
from scored_documents import document

from glre.documents.candidates import candidate_pairs
from glre.evaluation.baseline import all_positive_f1
from glre.evaluation.document_scores import DocumentScores
from glre.evaluation.metrics import count_all, metrics
from glre.evaluation.predictions import predictions_table
from glre.evaluation.training_facts import training_facts
from glre.settings import CandidateRule

RULES = (CandidateRule(head="C", tail="D"),)
NAMES = [[(0, "a")], [(1, "b")], [(2, "c")], [(3, "d")]]


def test_by_hand():
    # 3 counted pairs, 2 of them gold, and a fact from D to C that is no candidate: P 2/3, R 2/3.
    made = document(NAMES, [(0, 2, "r"), (1, 3, "r"), (2, 0, "r")], excluded=[(1, 2)], types="CCDD")
    assert all_positive_f1([made], RULES, ("r",)) == 2 / 3


def test_is_what_scores_of_one_give():
    made = [
        document(NAMES, [(0, 2, "r"), (0, 3, "s")], excluded=[(1, 3)], name="first", types="CCDD"),
        document(NAMES[:1], name="second", types="C"),
        document(NAMES[:2], [(0, 1, "s"), (0, 1, "r"), (1, 0, "r")], name="third", types="CD"),
    ]
    scores = []
    for each in made:
        pairs = candidate_pairs(each, RULES)
        scores.append(DocumentScores(each.id, pairs, np.ones((len(pairs), 2))))
    table = predictions_table(made, scores, ("r", "s"), split="dev", seed=1, threshold=0.5, training=training_facts([]))
    assert all_positive_f1(made, iter(RULES), ("r", "s")) == metrics(count_all(table)).f1


def test_nothing_to_predict_is_zero():
    assert all_positive_f1([], RULES, ("r",)) == 0
