"""The table of scored facts that every metric, breakdown and report is made from."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document
from glre.errors import InputError
from glre.evaluation.breakdowns.entity_distance import sentence_distances
from glre.evaluation.document_scores import DocumentScores, aligned
from glre.evaluation.gold import pair_labels
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
"""Columns of the table, in Parquet.

`seen_in_train`: training has a fact with this relation and names of these two entities. `distance`: sentences between
their nearest mentions. `mentions`: the mean of their numbers of mentions. `excluded`: the pair is not counted.
"""

_TEXTS = [field.name for field in SCHEMA if field.type == pa.string()]


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
    predicted. Documents in their order; within one the scored pairs in theirs, then those with facts alone; within a
    pair by relation. InputError where two documents share an id.
    """
    ids = [document.id for document in documents]
    for name, times in Counter(ids).items():
        if times > 1:
            raise InputError(f"{split}, document {name!r}", "a second document with this id", "one per id")
    names = tuple(dict.fromkeys([*relations, *(fact.relation for document in documents for fact in document.facts)]))
    entities: list[str] = []
    parts: list[dict[str, npt.NDArray[Any]]] = []
    for number, (document, scored) in enumerate(aligned(documents, scores, relations)):
        rows = _rows(document, scored, names, threshold=threshold, training=training, floor=floor)
        rows["document_id"] = np.full(len(rows["score"]), number)
        rows["head_id"] += len(entities)
        rows["tail_id"] += len(entities)
        entities += [entity.id for entity in document.entities]
        parts.append(rows)
    if not parts:
        return _frame(SCHEMA.empty_table())
    columns = {name: np.concatenate([rows[name] for rows in parts]) for name in parts[0]}
    length = len(columns["score"])
    columns |= {"split": np.zeros(length, dtype=np.int64), "seed": np.full(length, seed)}
    # Texts are numbers up to here: an object for each row would cost more than all the rest.
    texts = {"split": (split,), "document_id": ids, "head_id": entities, "tail_id": entities, "relation": names}
    arrays = [
        pa.array(texts[field.name], field.type).take(pa.array(columns[field.name]))
        if field.name in texts
        else pa.array(columns[field.name], field.type)
        for field in SCHEMA
    ]
    return _frame(pa.Table.from_arrays(arrays, schema=SCHEMA))


def write_predictions(predictions: pd.DataFrame, path: Path) -> None:
    """Write the table as Parquet, whole or not at all."""
    table = pa.Table.from_pandas(predictions, schema=SCHEMA, preserve_index=False).replace_schema_metadata(None)
    with written_whole(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", use_dictionary=_TEXTS, use_byte_stream_split=["score"])


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
    return _frame(table)


def _frame(table: pa.Table) -> pd.DataFrame:
    """The table with the same types in every version of pandas."""
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.string(): pd.StringDtype()}.get)
    return frame


def _rows(
    document: Document,
    scored: DocumentScores,
    names: Sequence[str],
    *,
    threshold: float,
    training: TrainingFacts,
    floor: float,
) -> dict[str, npt.NDArray[Any]]:
    """The rows of one document: entities by their places in it, relations by theirs in `names`, scored ones first."""
    places = {entity.id: number for number, entity in enumerate(document.entities)}
    related = [CandidatePair(places[fact.head], places[fact.tail]) for fact in document.facts]
    pairs = tuple(dict.fromkeys([*scored.pairs, *related]))
    labels = pair_labels(document, pairs, names)
    cells = tuple(slice(size) for size in scored.scores.shape)
    values = np.zeros(labels.gold.shape)
    values[cells] = scored.scores
    predicted = np.zeros_like(labels.gold)
    predicted[cells] = values[cells] >= threshold
    predicted &= labels.counted[:, None]
    pair, relation = np.nonzero((values > floor) | predicted | labels.gold)

    heads, tails = np.array([(pair.head, pair.tail) for pair in pairs], dtype=np.int64).reshape(-1, 2)[pair].T
    mentions = np.array([len(entity.mentions) for entity in document.entities], dtype=np.int64)
    return {
        "head_id": heads,
        "tail_id": tails,
        "relation": relation,
        "score": values[pair, relation],
        "predicted": predicted[pair, relation],
        "gold": labels.gold[pair, relation],
        "seen_in_train": _seen(document, pairs, names, pair, training)[pair, relation],
        "distance": sentence_distances(document)[heads, tails],
        "mentions": (mentions[heads] + mentions[tails]) / 2,
        "excluded": ~labels.counted[pair],
    }


def _seen(
    document: Document,
    pairs: Sequence[CandidatePair],
    names: Sequence[str],
    asked: npt.NDArray[np.int64],
    training: TrainingFacts,
) -> npt.NDArray[np.bool_]:
    """Whether a relation of a pair is a training fact, [pairs, names]; pairs that are not among `asked` stay False."""
    column = {name: number for number, name in enumerate(names)}
    seen = np.zeros((len(pairs), len(names)), dtype=np.bool_)
    for number in np.unique(asked).tolist():
        head, tail = (document.entities[place] for place in (pairs[number].head, pairs[number].tail))
        seen[number, [column[name] for name in training.seen(head, tail) if name in column]] = True
    return seen
