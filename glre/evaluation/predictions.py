"""The table of scored facts that every metric, breakdown and report is made from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from glre.candidates import CandidatePair
from glre.documents import Document
from glre.errors import InputError
from glre.evaluation.entity_distance import sentence_distances
from glre.evaluation.gold import distinct_facts, pair_labels
from glre.evaluation.training_facts import TrainingFacts
from glre.files import written_whole

SCHEMA = pa.schema(
    [
        pa.field(name, kind, nullable=False)
        for name, kind in (
            ("split", pa.string()),
            ("seed", pa.int64()),
            ("document_id", pa.string()),
            ("head_id", pa.string()),
            ("tail_id", pa.string()),
            ("relation", pa.string()),
            ("score", pa.float64()),
            ("predicted", pa.bool_()),
            ("gold", pa.bool_()),
            ("seen_in_train", pa.bool_()),
            ("distance", pa.int64()),
            ("mentions", pa.float64()),
            ("excluded", pa.bool_()),
        )
    ]
)
"""Columns of the table, in Parquet; DESIGN.md section 3 says what they mean."""

_DTYPES = {pa.string(): "string", pa.int64(): "int64", pa.float64(): "float64", pa.bool_(): "bool"}


@dataclass(frozen=True, slots=True, eq=False)
class DocumentScores:
    """A model's probabilities of each relation for each candidate pair, `scores` [pairs, relations]."""

    document_id: str
    pairs: tuple[CandidatePair, ...]
    scores: npt.NDArray[np.floating[Any]]

    def __post_init__(self) -> None:
        if self.scores.ndim != 2 or len(self.scores) != len(self.pairs):
            raise ValueError(f"document {self.document_id!r}: {self.scores.shape} scores of {len(self.pairs)} pairs")
        if self.scores.size and not (self.scores.min() >= 0 and self.scores.max() <= 1):
            raise ValueError(f"document {self.document_id!r}: scores that are not probabilities")


def aligned(
    documents: Sequence[Document], scores: Sequence[DocumentScores], relations: Sequence[str]
) -> Iterator[tuple[Document, DocumentScores]]:
    """Each document with its scores; ValueError unless ids, order and number of relations fit."""
    for document, scored in zip(documents, scores, strict=True):
        if scored.document_id != document.id:
            raise ValueError(f"scores of document {scored.document_id!r} where those of {document.id!r} belong")
        if scored.scores.shape[1] != len(relations):
            raise ValueError(
                f"document {document.id!r}: {scored.scores.shape[1]} scores for {len(relations)} relations"
            )
        yield document, scored


def predictions_table(
    documents: Sequence[Document],
    scores: Sequence[DocumentScores],
    relations: Sequence[str],
    *,
    split: str,
    seed: int,
    threshold: float,
    training: TrainingFacts,
    floor: float = 0.01,
) -> pd.DataFrame:
    """One row per candidate pair and relation that scored above `floor` or is predicted, and per gold fact.

    A gold fact that the model was not asked for has score 0. Pairs of `Document.excluded` are marked and never
    predicted. Documents in their order, within one the pairs in theirs. InputError where two documents share an id.
    """
    names: list[str] = SCHEMA.names[2:]
    parts = []
    known: set[str] = set()
    for document, scored in aligned(documents, scores, relations):
        if document.id in known:
            raise InputError(f"{split}, document {document.id!r}", "a second document with this id", "one per id")
        known.add(document.id)
        parts.append(_rows(document, scored, relations, threshold=threshold, training=training, floor=floor))
    columns = {name: np.concatenate([part[name] for part in parts]) if parts else np.empty(0) for name in names}
    return _typed(pd.DataFrame(columns).assign(split=split, seed=seed))


def write_predictions(predictions: pd.DataFrame, path: Path) -> None:
    """Write the table as Parquet, whole or not at all."""
    table = pa.Table.from_pandas(predictions, schema=SCHEMA, preserve_index=False).replace_schema_metadata(None)
    with written_whole(path) as temporary:
        pq.write_table(table, temporary)


def read_predictions(path: Path) -> pd.DataFrame:
    """Read a table of predictions; InputError where it is missing or has another schema."""
    if not path.is_file():
        raise InputError(str(path), "no such file", "a table of predictions, as `glre evaluate` writes it")
    try:
        table = pq.read_table(path)
    except pa.ArrowInvalid as error:
        raise InputError(str(path), "a file that is not Parquet", "a table of predictions") from error
    if not table.schema.equals(SCHEMA):
        raise InputError(str(path), f"the columns {table.schema.names}", f"the schema {SCHEMA.names}")
    return _typed(table.to_pandas())


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns in order, with the same types in every version of pandas."""
    names: list[str] = SCHEMA.names
    return frame[names].astype({field.name: _DTYPES[field.type] for field in SCHEMA})


def _rows(
    document: Document,
    scored: DocumentScores,
    relations: Sequence[str],
    *,
    threshold: float,
    training: TrainingFacts,
    floor: float,
) -> dict[str, npt.NDArray[Any]]:
    labels = pair_labels(document, scored.pairs, relations)
    values = scored.scores.astype(np.float64)
    predicted = (values >= threshold) & labels.counted[:, None]
    pair, column = np.nonzero((values > floor) | predicted | labels.gold)

    places = np.array([(pair.head, pair.tail) for pair in scored.pairs], dtype=np.int64).reshape(-1, 2)
    missing = _facts_not_asked_for(document, scored, relations)
    heads, tails = np.concatenate([places[pair], missing.places]).T
    names = np.concatenate([np.array(relations, dtype=object)[column], missing.relations])
    asked, others = len(pair), len(missing.relations)

    ids = np.array([entity.id for entity in document.entities], dtype=object)
    mentions = np.array([len(entity.mentions) for entity in document.entities], dtype=np.int64)
    seen = {
        (head, tail): training.seen(document.entities[head], document.entities[tail])
        for head, tail in set(zip(heads.tolist(), tails.tolist(), strict=True))
    }
    return {
        "document_id": np.full(asked + others, document.id, dtype=object),
        "head_id": ids[heads],
        "tail_id": ids[tails],
        "relation": names,
        "score": np.append(values[pair, column], np.zeros(others)),
        "predicted": np.append(predicted[pair, column], np.zeros(others, dtype=np.bool_)),
        "gold": np.append(labels.gold[pair, column], np.ones(others, dtype=np.bool_)),
        "seen_in_train": np.array(
            [name in seen[head, tail] for head, tail, name in zip(heads.tolist(), tails.tolist(), names, strict=True)],
            dtype=np.bool_,
        ),
        "distance": sentence_distances(document)[heads, tails],
        "mentions": (mentions[heads] + mentions[tails]) / 2,
        "excluded": np.append(~labels.counted[pair], np.zeros(others, dtype=np.bool_)),
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Facts:
    """Gold facts by the places of their entities [facts, 2] and the names of their relations [facts]."""

    places: npt.NDArray[np.int64]
    relations: npt.NDArray[np.object_]


def _facts_not_asked_for(document: Document, scored: DocumentScores, relations: Sequence[str]) -> _Facts:
    place = {entity.id: number for number, entity in enumerate(document.entities)}
    pairs = {(pair.head, pair.tail) for pair in scored.pairs}
    found = [
        (place[fact.head], place[fact.tail], fact.relation)
        for fact in distinct_facts(document)
        if (place[fact.head], place[fact.tail]) not in pairs or fact.relation not in relations
    ]
    return _Facts(
        np.array([fact[:2] for fact in found], dtype=np.int64).reshape(-1, 2),
        np.array([fact[2] for fact in found], dtype=object),
    )
