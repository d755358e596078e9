"""Where the errors are, by what a document shows of the two entities (section 4.5 of the paper).

The paper's authors sorted missed facts by hand: logical reasoning over a bridge entity, conjunctions, prior knowledge,
entities whose mentions are scattered. Here are the groups that can be told from the document alone.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt
import pandas as pd

from glre.documents.document import Document, Entity, Mention
from glre.errors import InputError
from glre.evaluation.breakdowns.breakdown import DISTANCE, MENTIONS, ColumnBreakdown
from glre.evaluation.breakdowns.entity_distance import sentence_distances
from glre.evaluation.metrics import count_each

BRIDGE = ColumnBreakdown("bridge", "bridge", (0, 1, 2), ("one sentence", "bridge entity", "no bridge entity"))
"""Of entities that share no sentence, by whether a third one shares a sentence with each of them."""
CONJUNCTION = ColumnBreakdown("conjunction", "conjunction", (0, 1), ("none", "head or tail"))
"""By whether, of the two mentions that stand closest to each other, one is coordinated with another entity's."""
SENTENCES = ColumnBreakdown("sentences", "sentences", (1, 2, 3), ("1", "2", "3+"))
"""By the number of sentences that mention the entity which occurs in fewer of them."""
TRAINING = ColumnBreakdown("training", "seen_in_train", (0, 1), ("new", "seen"))
"""By whether a training fact has these names and this relation: what prior knowledge could give."""
GROUPS = (DISTANCE, BRIDGE, MENTIONS, SENTENCES, CONJUNCTION, TRAINING)

CONJUNCTIONS = frozenset({"and", "or", "nor", "and/or", "&"})
"""Words that make a coordination of a series of mentions, in lower case."""
SEPARATORS = frozenset({",", ";", "/"})
"""What may stand beside them; alone it may as well be an apposition, as between a town and its country."""

_PAIR = ["document_id", "head_id", "tail_id"]


def group_errors(predictions: pd.DataFrame, documents: Iterable[Document]) -> pd.DataFrame:
    """Missed facts and wrong predictions in each bucket of GROUPS, empty ones included.

    Columns: group, bucket, gold, misses (gold and not predicted), miss_rate, predicted, false_positives,
    false_positive_rate (the fraction of predictions that is wrong); a rate is missing where there is nothing to take it
    of. The rows are counted as they are given, so those of several seeds are summed. InputError where a predicted or
    gold row has a document or entity that `documents` lack.
    """
    asked = predictions[predictions["predicted"] | predictions["gold"]]
    shown = _shown(asked[_PAIR].drop_duplicates(), {document.id: document for document in documents})
    table = asked.astype({"seen_in_train": "int64"}).merge(shown, on=_PAIR, how="left", validate="many_to_one")
    rows = []
    for group in GROUPS:
        for bucket, counts in zip(
            group.buckets, count_each(table, group.bucket_of(table), len(group.buckets)), strict=True
        ):
            misses, wrong = counts.facts - counts.true_positives, counts.predicted - counts.true_positives
            missed = (counts.facts, misses, _rate(misses, counts.facts))
            rows.append((group.name, bucket, *missed, counts.predicted, wrong, _rate(wrong, counts.predicted)))
    gold, predicted = ["gold", "misses", "miss_rate"], ["predicted", "false_positives", "false_positive_rate"]
    return pd.DataFrame(rows, columns=["group", "bucket", *gold, *predicted])


def coordinated_mentions(document: Document) -> frozenset[tuple[str, Mention]]:
    """Mentions that a conjunction joins to another entity's of the same type, each with its entity's id.

    In a series such as `A, B and C` of one sentence, with nothing but CONJUNCTIONS and SEPARATORS in between, all are.
    """
    spans: defaultdict[tuple[int, str], defaultdict[tuple[int, int], list[tuple[str, Mention]]]]
    spans = defaultdict(lambda: defaultdict(list))
    for entity in document.entities:
        for mention in entity.mentions:
            spans[mention.sentence, mention.type][mention.start, mention.end].append((entity.id, mention))
    found: set[tuple[str, Mention]] = set()
    for (sentence, _), mentioned in spans.items():
        words = tuple(word.lower() for word in document.sentences[sentence].words)
        for series in _series(words, sorted(mentioned)):
            joining = {word for before, after in pairwise(series) for word in words[before[1] : after[0]]}
            members = [member for span in series for member in mentioned[span]]
            if joining & CONJUNCTIONS and len({entity for entity, _ in members}) > 1:
                found.update(members)
    return frozenset(found)


def closest_mentions(document: Document, head: Entity, tail: Entity) -> tuple[Mention, Mention]:
    """A mention of each, the fewest sentences apart, and among those the fewest words; the first of equals."""
    offsets = document.sentence_offsets

    def apart(pair: tuple[Mention, Mention]) -> tuple[int, int]:
        first, second = sorted(pair, key=lambda mention: (mention.sentence, mention.start))
        between = offsets[second.sentence] + second.start - offsets[first.sentence] - first.end
        return second.sentence - first.sentence, max(between, 0)

    return min(product(head.mentions, tail.mentions), key=apart)


def _series(words: tuple[str, ...], spans: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The spans, in order, parted wherever anything but conjunctions and separators stands between two."""
    found = [spans[:1]]
    for before, after in pairwise(spans):
        between = words[before[1] : after[0]]
        if between and set(between) <= CONJUNCTIONS | SEPARATORS:
            found[-1].append(after)
        else:
            found.append([after])
    return found


def _shown(pairs: pd.DataFrame, documents: dict[str, Document]) -> pd.DataFrame:
    """The pairs with what their documents show of them, in columns that are called as those of GROUPS."""
    parts = [pairs.iloc[:0].assign(**dict.fromkeys(("bridge", "conjunction", "sentences"), np.zeros(0, np.int64)))]
    for name, part in pairs.groupby("document_id", sort=False):
        document = documents.get(str(name))
        if document is None:
            raise InputError(f"predictions, document {name!r}", "no such document", "one of those that were given")
        parts.append(_shown_in(document, part))
    return pd.concat(parts)


def _shown_in(document: Document, pairs: pd.DataFrame) -> pd.DataFrame:
    places = {entity.id: place for place, entity in enumerate(document.entities)}
    for unknown in sorted({*pairs["head_id"], *pairs["tail_id"]} - places.keys()):
        raise InputError(f"predictions, document {document.id!r}", f"the unknown entity {unknown!r}", "an entity's id")
    heads, tails = (np.array([places[entity] for entity in pairs[end]]) for end in ("head_id", "tail_id"))
    sentences = np.array([len({mention.sentence for mention in entity.mentions}) for entity in document.entities])
    return pairs.assign(
        bridge=_bridges(document)[heads, tails],
        conjunction=_conjunctions(document, heads, tails),
        sentences=np.minimum(sentences[heads], sentences[tails]),
    )


def _bridges(document: Document) -> npt.NDArray[np.int64]:
    """The number of each pair's bucket of BRIDGE, [entities, entities]."""
    together = sentence_distances(document) == 0
    # An entity is together with itself, so what is met on the way between two that are apart is a third.
    reached = together.astype(np.float32) @ together.astype(np.float32) > 0
    return np.where(together, 0, np.where(reached, 1, 2))


def _conjunctions(
    document: Document, heads: npt.NDArray[np.int64], tails: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The number of each pair's bucket of CONJUNCTION, [pairs]."""
    coordinated = coordinated_mentions(document)
    found = []
    for head, tail in zip(heads.tolist(), tails.tolist(), strict=True):
        ends = (document.entities[head], document.entities[tail])
        closest = closest_mentions(document, *ends)
        found.append(any((end.id, mention) in coordinated for end, mention in zip(ends, closest, strict=True)))
    return np.array(found, dtype=np.int64)


def _rate(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
