"""Metrics by relation, and by how often a relation was met in training."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from glre.documents.document import Document
from glre.evaluation.breakdowns.breakdown import break_down, over_seeds
from glre.evaluation.gold import distinct_facts

FREQUENCIES = {"<10": 0, "10-99": 10, "100-499": 100, "500+": 500}
"""Buckets of relations by the least number of training facts in each.

Bounds in facts, rather than the ten most frequent relations against the others as some papers have it: what a model can
learn of a relation hangs on how often it meets it, and the bounds mean the same for training splits of any size.
"""


@dataclass(frozen=True, slots=True)
class RelationBreakdown:
    """Relations put in buckets: `bucket` by relation, the number of its bucket."""

    name: str
    buckets: tuple[str, ...]
    bucket: Mapping[str, int]

    def bucket_of(self, predictions: pd.DataFrame) -> npt.NDArray[np.int64]:
        """For each row the number of its bucket; KeyError where a relation has none."""
        number, relations = pd.factorize(predictions["relation"])
        buckets = np.array([self.bucket[relation] for relation in relations], dtype=np.int64)
        return buckets[number]


def facts_by_relation(documents: Iterable[Document], relations: Sequence[str]) -> dict[str, int]:
    """How many distinct facts there are of each relation, the most frequent first; `relations` without any have 0."""
    found = Counter(dict.fromkeys(relations, 0))
    for document in documents:
        found.update(fact.relation for fact in distinct_facts(document))
    return dict(found.most_common())


def break_down_by_relation(
    predictions: pd.DataFrame, facts_in_train: Mapping[str, int], names: Mapping[str, str]
) -> pd.DataFrame:
    """Metrics of each relation over the seeds, in the order of `facts_in_train`.

    Columns as `over_seeds` makes them; after the bucket its `name`, the relation itself where `names` has none, and
    `facts_in_train`. KeyError where the predictions have a relation that `facts_in_train` lacks.
    """
    places = {relation: place for place, relation in enumerate(facts_in_train)}
    table = _broken_down(predictions, RelationBreakdown("relation", tuple(facts_in_train), places), facts_in_train)
    return _after_bucket(table, "name", [names.get(bucket, bucket) for bucket in table["bucket"]])


def break_down_by_frequency(predictions: pd.DataFrame, facts_in_train: Mapping[str, int]) -> pd.DataFrame:
    """Metrics by FREQUENCIES of relations over the seeds.

    Columns as `over_seeds` makes them, `facts_in_train` of the bucket's relations after the bucket. KeyError where the
    predictions have a relation that `facts_in_train` lacks.
    """
    bounds = tuple(FREQUENCIES.values())
    numbers = {relation: bisect_right(bounds, facts) - 1 for relation, facts in facts_in_train.items()}
    return _broken_down(predictions, RelationBreakdown("frequency", tuple(FREQUENCIES), numbers), facts_in_train)


def _broken_down(
    predictions: pd.DataFrame, breakdown: RelationBreakdown, facts_in_train: Mapping[str, int]
) -> pd.DataFrame:
    facts: Counter[str] = Counter()
    for relation, number in breakdown.bucket.items():
        facts[breakdown.buckets[number]] += facts_in_train[relation]
    table = over_seeds(break_down(predictions, [breakdown]))
    return _after_bucket(table, "facts_in_train", [facts[bucket] for bucket in table["bucket"]])


def _after_bucket(table: pd.DataFrame, column: str, values: Sequence[str] | Sequence[int]) -> pd.DataFrame:
    place = table.columns.tolist().index("bucket") + 1
    return pd.concat([table.iloc[:, :place], pd.DataFrame({column: values}), table.iloc[:, place:]], axis=1)
