"""The F1 of predicting everything, which a model has to beat."""

from collections.abc import Iterable, Sequence

from glre.documents.candidates import candidate_pairs
from glre.documents.document import Document
from glre.evaluation.gold import pair_labels
from glre.evaluation.metrics import Counts, metrics
from glre.settings import CandidateRule


def all_positive_f1(documents: Iterable[Document], rules: Iterable[CandidateRule], relations: Sequence[str]) -> float:
    """F1 where every relation is predicted of every counted candidate pair."""
    rules = tuple(rules)
    true_positives = predicted = facts = 0
    for document in documents:
        labels = pair_labels(document, candidate_pairs(document, rules), relations)
        true_positives += int(labels.gold.sum())
        predicted += int(labels.counted.sum()) * len(relations)
        facts += labels.facts
    return metrics(Counts(true_positives, predicted, facts, seen_true_positives=0)).f1
