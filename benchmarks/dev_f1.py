"""F1 on dev at a model's own threshold."""

from collections.abc import Sequence

from glre.documents.document import Document
from glre.evaluation.document_scores import DocumentScores
from glre.evaluation.predictions import predictions_table
from glre.evaluation.summary import metrics_by_seed
from glre.evaluation.training_facts import training_facts
from glre.systems.trained import ModelSettings


def dev_f1(documents: Sequence[Document], scores: Sequence[DocumentScores], settings: ModelSettings) -> float:
    """F1, as a fraction, of a model with these settings that gives these scores."""
    table = predictions_table(
        documents,
        scores,
        settings.relations,
        split="dev",
        seed=settings.seed,
        threshold=settings.threshold,
        training=training_facts([]),
    )
    by_seed = metrics_by_seed(table, {settings.seed: settings.threshold}, settings.relations)
    return float(by_seed["f1"].iloc[0])
