"""Random annotated documents with scores, small enough for slow versions of everything."""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from hypothesis import strategies as st

from glre.documents.candidates import CandidatePair
from glre.documents.document import Document, Entity, ExcludedPair, Fact, Mention, Sentence
from glre.evaluation.document_scores import DocumentScores
from glre.evaluation.predictions import predictions_table
from glre.evaluation.training_facts import training_facts

RELATIONS = ("causes", "treats")
NOT_ASKED_FOR = "prevents"
SENTENCES = 7


@dataclass(frozen=True)
class ScoredDocuments:
    documents: list[Document]
    scores: list[DocumentScores]


def document(
    mentions: list[list[tuple[int, str]]],
    facts: list[tuple[int, int, str]] = (),
    excluded: list[tuple[int, int]] = (),
    name: str = "document",
    types: str = "",
) -> Document:
    """A document from (sentence, text) mentions per entity; entities are called E0, E1, …, of type X unless given."""
    return Document(
        id=name,
        title="",
        text=None,
        sentences=tuple(Sentence(("word",)) for _ in range(SENTENCES)),
        entities=tuple(
            Entity(
                f"E{number}",
                types[number] if types else "X",
                tuple(Mention(sentence, 0, 1, text, "X") for sentence, text in own),
            )
            for number, own in enumerate(mentions)
        ),
        facts=tuple(Fact(f"E{head}", f"E{tail}", relation) for head, tail, relation in facts),
        excluded=tuple(ExcludedPair(f"E{head}", f"E{tail}", "hypernym") for head, tail in excluded),
    )


MENTION_LISTS = st.lists(st.tuples(st.integers(0, SENTENCES - 1), st.sampled_from("abc")), min_size=1, max_size=4)
SCORES = st.sampled_from([0.0, 0.005, 0.01, 0.2, 0.2000001, 0.5, 0.75, 1.0])


@st.composite
def scored_documents(draw: st.DrawFn, max_documents: int = 4) -> ScoredDocuments:
    """Documents with repeated facts, facts of pairs or relations without a score, excluded pairs, and tied scores."""
    documents, scores = [], []
    for number in range(draw(st.integers(0, max_documents))):
        mentions = draw(st.lists(MENTION_LISTS, max_size=4))
        ordered = list(permutations(range(len(mentions)), 2))
        facts, excluded, pairs = [], [], []
        for pair in ordered:
            kind = draw(st.sampled_from(["gold", "excluded", "negative"]))
            if kind == "gold":
                relations = draw(st.lists(st.sampled_from([*RELATIONS, NOT_ASKED_FOR]), min_size=1, max_size=3))
                facts += [(*pair, relation) for relation in relations]
            elif kind == "excluded":
                excluded.append(pair)
            if draw(st.sampled_from([True, True, True, False])):
                pairs.append(CandidatePair(*pair))
        made = document(mentions, facts, excluded, name=f"document {number}")
        values = draw(st.lists(SCORES, min_size=len(pairs) * 2, max_size=len(pairs) * 2))
        documents.append(made)
        scores.append(DocumentScores(made.id, tuple(pairs), np.array(values).reshape(len(pairs), 2)))
    return ScoredDocuments(documents, scores)


def table_of(made, split="dev", seed=1, threshold=0.2):
    """The table of predictions of `made` with one seed's model."""
    return predictions_table(
        made.documents,
        made.scores,
        RELATIONS,
        split=split,
        seed=seed,
        threshold=threshold,
        training=training_facts([]),
    )


def counted_scores(made):
    """The scores of all pairs that count, one for each relation."""
    return [
        float(score)
        for each, scored in zip(made.documents, made.scores, strict=True)
        for pair, row in zip(scored.pairs, scored.scores, strict=True)
        if (each.entities[pair.head].id, each.entities[pair.tail].id)
        not in {(left_out.head, left_out.tail) for left_out in each.excluded}
        for score in row
    ]
