"""A report on a few documents of our own, whose texts and names do their best to break out of a page."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from glre.documents.candidates import CandidatePair, candidate_pairs
from glre.documents.document import Document, Entity, Fact, Mention, Sentence
from glre.evaluation.breakdowns.breakdown import break_down, over_seeds
from glre.evaluation.breakdowns.by_relation import break_down_by_frequency, break_down_by_relation, facts_by_relation
from glre.evaluation.document_scores import DocumentScores
from glre.evaluation.predictions import predictions_table
from glre.evaluation.summary import metrics_by_seed, summarise
from glre.evaluation.training_facts import training_facts
from glre.prediction.explanation.probe import Looked
from glre.reporting.cases.case_choice import choose_documents
from glre.reporting.cases.cases import Study
from glre.reporting.page.sections import Material
from glre.reporting.points.reported_point import ReportedPoint, Results
from glre.settings import CandidateRule
from glre.systems.evidence import MentionWeights, Weights

SCRIPT = "<script>window.broken=1</script>"
IMAGE = '"><img src=x onerror=window.broken=1>'
MARKDOWN = "*a*|`b`|[c](d)_e_"
RELATIONS = ("causes", "treats")
NAMES = {"causes": f"causes {SCRIPT}"}
THRESHOLD = 0.5
_RULES = (CandidateRule(),)
_WORDS = (("zero", SCRIPT, "two", "three"), ("one", IMAGE, MARKDOWN), ("four", "five"), ("six", "&amp;", "seven"))


def document(name: str, facts: Sequence[tuple[int, int, str]] = ()) -> Document:
    """Four sentences and five entities: E1 has three mentions, E3 lies inside E0's only mention."""
    spans = [
        [(0, 1, 3)],
        [(0, 0, 1), (1, 0, 1), (3, 0, 1)],
        [(1, 1, 2), (1, 2, 3)],
        [(0, 2, 3)],
        [(3, 1, 2), (3, 2, 3)],
    ]
    entities = tuple(
        Entity(
            f"E{number}",
            "<b>Type</b>" if number % 2 else "Kind",
            tuple(Mention(s, start, end, " ".join(_WORDS[s][start:end]), "Kind") for s, start, end in own),
        )
        for number, own in enumerate(spans)
    )
    return Document(
        id=name,
        title=f"{name} {SCRIPT}",
        text=None,
        sentences=tuple(Sentence(words) for words in _WORDS),
        entities=entities,
        facts=tuple(Fact(f"E{head}", f"E{tail}", relation) for head, tail, relation in facts),
    )


def documents(prefix: str, count: int = 8) -> list[Document]:
    """`count` documents with random facts."""
    random = np.random.default_rng(len(prefix))
    made = []
    for number in range(count):
        pairs = [pair for pair in candidate_pairs(document("any"), _RULES) if random.random() < 0.25]
        facts = [(pair.head, pair.tail, str(random.choice(RELATIONS))) for pair in pairs]
        made.append(document(f"{prefix} {number} {IMAGE}", facts))
    return made


def scores(made: Sequence[Document], seed: int, skill: float) -> list[DocumentScores]:
    """Scores that are higher for gold facts, by `skill`."""
    random = np.random.default_rng(seed)
    found = []
    for each in made:
        pairs = candidate_pairs(each, _RULES)
        gold = {(fact.head, fact.tail, fact.relation) for fact in each.facts}
        is_gold = np.array([[(f"E{p.head}", f"E{p.tail}", relation) in gold for relation in RELATIONS] for p in pairs])
        values = np.clip(random.random(is_gold.shape) * 0.6 + skill * is_gold, 0, 1)
        found.append(DocumentScores(each.id, pairs, values))
    return found


def predictions(splits: dict[str, list[Document]], seeds: Sequence[int], skill: float) -> pd.DataFrame:
    """The table that `evaluate` would write."""
    return pd.concat(
        [
            predictions_table(
                made,
                scores(made, 10 * seed + number, skill),
                RELATIONS,
                split=split,
                seed=seed,
                threshold=THRESHOLD,
                training=training_facts([]),
            )
            for number, (split, made) in enumerate(splits.items())
            for seed in seeds
        ],
        ignore_index=True,
    )


def results(splits: dict[str, list[Document]], seeds: Sequence[int] = (1, 2), skill: float = 0.35) -> Results:
    """All that is written of a point, made by the evaluation itself."""
    table = predictions(splits, seeds, skill)
    by_seed = metrics_by_seed(table, dict.fromkeys(seeds, THRESHOLD), RELATIONS)
    facts = facts_by_relation(splits["dev"], RELATIONS)
    tables = [over_seeds(break_down(table)), break_down_by_relation(table, facts, NAMES)]
    tables.append(break_down_by_frequency(table, facts))
    frames = {str(name): rows for each in tables for name, rows in each.groupby("breakdown")}
    history = pd.DataFrame(
        [
            {"seed": seed, "epoch": epoch, "loss": 1 / epoch, "dev_f1": 0.1 * epoch + 0.01 * seed}
            for seed in seeds
            for epoch in range(1, 6)
        ]
    )
    return Results(
        metrics=summarise(by_seed, dict.fromkeys(splits, 0.2)),
        seeds=by_seed,
        tables={
            "history": history,
            **{name: frames[name] for name in ("distance", "mentions", "relation", "frequency")},
        },
        predictions=table,
        run_id="0123abcd",
    )


def point(name: str, found: Results | None, dataset: str = "own") -> ReportedPoint:
    """A point of the dataset with two relations."""
    experiment = name.removeprefix(f"{dataset}-")
    return ReportedPoint(name, dataset, experiment, "tiny (own), frozen, layer 4", RELATIONS, NAMES, found)


class LookedAt:
    """Where a system looked: weights that differ, given by pair."""

    def __init__(self, pairs: Sequence[CandidatePair], counts: Sequence[int]) -> None:
        self._pairs, self._counts = pairs, counts

    def mentions(self, pair: int) -> MentionWeights:
        """An entity's mentions get 1, 2, … parts as a head's, and as a tail's the other way round."""
        head, tail = (shares(self._counts[entity]) for entity in (self._pairs[pair].head, self._pairs[pair].tail))
        return MentionWeights(head, tail[::-1])

    def others(self, pair: int) -> Weights:
        """The same for every pair: 1, 2, … parts."""
        del pair
        return shares(len(self._pairs))


def shares(count: int) -> Weights:
    return (np.arange(1, count + 1) / (count * (count + 1) / 2)).astype(np.float32)


def attention(made: Document) -> Looked:
    """Where a system looked in the document, for each of its pairs."""
    pairs = candidate_pairs(made, _RULES)
    return Looked(pairs, LookedAt(pairs, [len(entity.mentions) for entity in made.entities]))


def study(splits: dict[str, list[Document]], found: Results, with_attention: bool = True) -> Study:
    """The case studies of test."""
    rows = found.predictions
    assert rows is not None
    rows = rows[(rows["split"] == "test") & (rows["seed"] == found.best_seed)]
    chosen = choose_documents(splits["test"], rows)
    return Study(
        documents=tuple(splits["test"]),
        chosen=tuple(chosen),
        seed=found.best_seed,
        predictions=rows,
        attention={each.id: attention(each) for each in chosen} if with_attention else {},
        missing_attention="" if with_attention else "There is no attention to show: models/own is not here.",
    )


def material() -> Material:
    """Two experiments with results, one of them without a model, and one that has not been run."""
    splits = {"dev": documents("dev"), "test": documents("test set")}
    first, second = results(splits), results(splits, seeds=(1,), skill=0.2)
    sizes = {"documents": 8, "facts": 30, "negative_pairs": 130, "excluded_pairs": 0}
    return Material(
        name="small",
        title=f"A small report {SCRIPT}",
        points=[point("own-glre", first), point("own-other", second), point("own-later", None)],
        tables={"table4": ["own-glre", "own-other", "own-later", "own-never", "cdr-glre"]},
        statistics={"own": {"dev": sizes, "test": sizes}},
        studies={"own-glre": study(splits, first), "own-other": study(splits, second, with_attention=False)},
        revision="at git revision 0123456",
    )
