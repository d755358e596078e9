"""The leaderboard's `result.json`, and what DocRED's official scorer says of one."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from glre.counted import counted
from glre.documents.document import Document
from glre.errors import InputError, expectation
from glre.evaluation.document_scores import DocumentScores, aligned
from glre.evaluation.metrics import Counts, Metrics, metrics
from glre.evaluation.training_facts import TrainingFacts
from glre.files import written_whole


class ResultEntry(BaseModel):
    """A predicted fact, with the names that the file has for its parts; `evidence` are sentence numbers."""

    model_config = ConfigDict(frozen=True, strict=True)

    title: str
    h_idx: int
    t_idx: int
    r: str
    evidence: tuple[int, ...] = ()


_ENTRIES = TypeAdapter(tuple[ResultEntry, ...])


@dataclass(frozen=True, slots=True)
class OfficialMetrics:
    """The metrics of the relations, and of their evidence where the result gives any."""

    relations: Metrics
    evidence: Metrics | None


def entries_of_table(predictions: pd.DataFrame, documents: Sequence[Document]) -> tuple[ResultEntry, ...]:
    """What one split and seed of a predictions table predicts of these documents, in the table's order."""
    by_id = {document.id: document for document in documents}
    columns = ["document_id", "head_id", "tail_id", "relation"]
    entries = []
    for name, head, tail, relation in predictions.loc[predictions["predicted"], columns].itertuples(index=False):
        if name not in by_id:
            raise InputError(f"predictions, document {name!r}", "no such document", "one of those that were given")
        entries.append(_entry(by_id[name], head, tail, relation))
    return tuple(entries)


def entries_of_scores(
    documents: Sequence[Document], scores: Sequence[DocumentScores], relations: Sequence[str], threshold: float
) -> tuple[ResultEntry, ...]:
    """What scores of at least `threshold` predict of these documents, in their order."""
    entries = []
    for document, scored in aligned(documents, scores, relations):
        ids = [entity.id for entity in document.entities]
        for place, column in np.argwhere(scored.scores >= threshold).tolist():
            pair = scored.pairs[place]
            entries.append(_entry(document, ids[pair.head], ids[pair.tail], relations[column]))
    return tuple(entries)


def write_result(
    entries: Iterable[ResultEntry], documents: Sequence[Document], relations: Collection[str], path: Path
) -> None:
    """Check the entries and write them, whole or not at all, in the leaderboard's format."""
    entries = tuple(entries)
    check_result(entries, documents, relations, str(path))
    with written_whole(path) as temporary:
        temporary.write_bytes(_ENTRIES.dump_json(entries) + b"\n")


def read_result(path: Path) -> tuple[ResultEntry, ...]:
    """Read a `result.json`, our own or another's; InputError where it is missing or no list of such entries."""
    try:
        return _ENTRIES.validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(str(path), (error.strerror or "unreadable").lower(), "a result.json") from None
    except ValidationError as error:
        raise _refusal(error, path) from None


def check_result(
    entries: Sequence[ResultEntry], documents: Sequence[Document], relations: Collection[str], place: str
) -> None:
    """Raise InputError, naming `place`, unless the leaderboard could take each entry as one about the documents."""
    titled = _by_title(documents)
    entities = {
        title: {_place(document, entity.id) for entity in document.entities} for title, document in titled.items()
    }
    known = frozenset(relations)
    seen: set[tuple[str, int, int, str]] = set()
    for number, entry in enumerate(entries):
        where = f"{place}, entry {number}"
        if entry.title not in titled:
            raise InputError(where, f"the title {entry.title!r}", "the title of a document")
        where = f"{where} ({entry.title!r})"
        if not {entry.h_idx, entry.t_idx} <= entities[entry.title]:
            expected = f"two of its {counted(len(entities[entry.title]), 'entity', 'entities')}"
            raise InputError(where, f"the entities {entry.h_idx} and {entry.t_idx}", expected)
        if entry.r not in known:
            raise InputError(where, f"the relation {entry.r!r}", f"one of {counted(len(known), 'known relation')}")
        sentences = len(titled[entry.title].sentences)
        if not all(0 <= sentence < sentences for sentence in entry.evidence):
            raise InputError(where, f"the evidence {list(entry.evidence)}", f"sentences from 0 to {sentences - 1}")
        if _key(entry) in seen:
            raise InputError(where, f"({entry.h_idx}, {entry.r}, {entry.t_idx}) a second time", "each entry once")
        seen.add(_key(entry))


def score_result(
    documents: Sequence[Document], result: Iterable[ResultEntry], training: TrainingFacts
) -> OfficialMetrics:
    """What DocRED's scorer says of any `result.json`: it counts a repeated entry once and one of no document as wrong.

    Evidence is counted by (title, head, tail, relation, sentence): a sentence given for a wrong fact is wrong, and
    the gold evidence of a fact that was missed is missed.
    """
    titled = _by_title(documents)
    gold = {
        (title, _place(document, fact.head), _place(document, fact.tail), fact.relation): frozenset(fact.evidence)
        for title, document in titled.items()
        for fact in document.facts
    }
    entries: dict[tuple[str, int, int, str], ResultEntry] = {}
    for entry in result:
        entries.setdefault(_key(entry), entry)
    correct = entries.keys() & gold.keys()
    known = sum(_seen(titled[entries[key].title], entries[key], training) for key in correct)
    relations = metrics(Counts(len(correct), len(entries), len(gold), known))

    given = {key: frozenset(entry.evidence) for key, entry in entries.items() if entry.title in titled}
    sentences = sum(map(len, given.values()))
    right = sum(len(given[key] & gold[key]) for key in correct)
    supporting = sum(len(fact.evidence) for document in documents for fact in document.facts)
    return OfficialMetrics(relations, metrics(Counts(right, sentences, supporting, 0)) if sentences else None)


def _refusal(error: ValidationError, path: Path) -> InputError:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return InputError(str(path), first["msg"], "a JSON list of entries")
    place = ", ".join([str(path), *(f"entry {number}" for number in first["loc"][:1])])
    if first["type"] == "missing":
        return InputError(place, f"no {first['loc'][-1]}", "title, h_idx, t_idx and r")
    key = ".".join(map(str, first["loc"][1:])) or "the whole of it"
    return InputError(f"{place}, {key}", repr(first["input"])[:100], expectation(first["msg"]))


def _key(entry: ResultEntry) -> tuple[str, int, int, str]:
    return entry.title, entry.h_idx, entry.t_idx, entry.r


def _entry(document: Document, head: str, tail: str, relation: str) -> ResultEntry:
    return ResultEntry(title=document.title, h_idx=_place(document, head), t_idx=_place(document, tail), r=relation)


def _place(document: Document, entity: str) -> int:
    """The place in `vertexSet` that is a DocRED entity's id."""
    if not (entity.isascii() and entity.isdigit()):
        expected = "a number, as documents in DocRED format have: others have no place on the leaderboard"
        raise InputError(f"document {document.id!r}", f"the entity id {entity!r}", expected)
    return int(entity)


def _by_title(documents: Sequence[Document]) -> dict[str, Document]:
    titled: dict[str, Document] = {}
    for document in documents:
        if document.title in titled:
            expected = "titles that tell the documents apart, for a result.json names them by nothing else"
            raise InputError(f"document {document.id!r}", f"a second title {document.title!r}", expected)
        titled[document.title] = document
    return titled


def _seen(document: Document, entry: ResultEntry, training: TrainingFacts) -> bool:
    """Whether a fact of the document is one of training, by the names of its entities."""
    entities = {_place(document, entity.id): entity for entity in document.entities}
    return entry.r in training.seen(entities[entry.h_idx], entities[entry.t_idx])
