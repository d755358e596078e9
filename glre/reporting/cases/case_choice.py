"""Which documents become case studies: by fixed rules, so that nobody picked them."""

from collections.abc import Callable, Sequence

import pandas as pd

from glre.documents.document import Document

OF_EACH_KIND = 4
"""Documents with everything right, with misses, and with false positives."""
SHOWN_WORDS = 400
SHOWN_RELATIONS = 40

RULE = (
    f"Of the documents with at most {SHOWN_WORDS} words and {SHOWN_RELATIONS} relations, gold and predicted: the first "
    f"{OF_EACH_KIND} with every relation right, the first {OF_EACH_KIND} of the others with a miss, and the first "
    f"{OF_EACH_KIND} of those left with a false positive, in the order of the corpus; those where the relation meant "
    "is between sentences come before those where it is within one."
)
"""What the page says of the choice."""


def shown_rows(predictions: pd.DataFrame) -> pd.DataFrame:
    """The rows of one split and seed that a reader is shown: gold and predicted relations, of pairs that count."""
    return predictions[(predictions["gold"] | predictions["predicted"]) & ~predictions["excluded"]]


def choose_documents(documents: Sequence[Document], predictions: pd.DataFrame) -> list[Document]:
    """The case studies of one split and seed by RULE, in the order of the corpus."""
    by_document = dict(list(shown_rows(predictions).groupby("document_id", sort=False)))
    fitting = [
        document
        for document in documents
        if document.id in by_document
        and document.words <= SHOWN_WORDS
        and len(by_document[document.id]) <= SHOWN_RELATIONS
    ]
    chosen: set[str] = set()
    for wanted, is_kind in _KINDS:
        left = [document for document in fitting if document.id not in chosen]
        of_kind = [document for document in left if is_kind(by_document[document.id])]
        of_kind.sort(key=lambda document: not (wanted(by_document[document.id])["distance"] > 0).any())
        chosen.update(document.id for document in of_kind[:OF_EACH_KIND])
    return [document for document in documents if document.id in chosen]


def _right(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["gold"] & rows["predicted"]]


def _missed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["gold"] & ~rows["predicted"]]


def _false(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[~rows["gold"]]


_Rows = Callable[[pd.DataFrame], pd.DataFrame]
_KINDS: tuple[tuple[_Rows, Callable[[pd.DataFrame], bool]], ...] = (
    (_right, lambda rows: bool((rows["gold"] & rows["predicted"]).all())),
    (_missed, lambda rows: not _missed(rows).empty),
    (_false, lambda rows: not _false(rows).empty),
)
"""Of each kind, the relations that are meant, and whether a document's relations make it one of the kind."""
