"""Random annotated documents: a hypothesis strategy for small ones, a seeded generator for large ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from hypothesis import strategies as st

from glre.documents.candidates import CandidatePair, candidate_pairs
from glre.documents.document import Document, Entity, ExcludedPair, Fact, Mention, Sentence, check
from glre.settings import CandidateRule
from glre.systems.glre.glre import GLRE
from glre.systems.glre.graph import GraphBatch
from glre.systems.layout import Layout, LayoutBatch, batch_layouts, document_layout

RELATIONS = ("r", "s")
ANY = (CandidateRule(),)
A_TO_B = (CandidateRule(head="a", tail="b"),)
MOST_MENTIONS = 7

Span = tuple[int, int, int]
"""Sentence, first word, word behind the last."""


@dataclass(frozen=True)
class Corpus:
    """Documents and the rules for their candidate pairs."""

    documents: tuple[Document, ...]
    rules: tuple[CandidateRule, ...]

    def pairs(self, document: int) -> tuple[CandidatePair, ...]:
        return candidate_pairs(self.documents[document], self.rules)

    @property
    def layouts(self) -> list[Layout]:
        return [document_layout(made, self.pairs(number)) for number, made in enumerate(self.documents)]

    @property
    def layout(self) -> LayoutBatch:
        """All documents as one batch."""
        return batch_layouts(self.layouts)

    @property
    def graph(self) -> GraphBatch:
        """The same as GLRE takes it."""
        return graph_of(self.documents, self.layouts)

    @property
    def words(self) -> int:
        return sum(document.words for document in self.documents)


def graph_of(documents: Sequence[Document], layouts: Sequence[Layout]) -> GraphBatch:
    """These documents with these layouts as GLRE takes them."""
    prepared = [GLRE.prepare(made, layout) for made, layout in zip(documents, layouts, strict=True)]
    return GLRE.collate(prepared, layouts, batch_layouts(layouts))


def document(
    lengths: Sequence[int], mentions: Sequence[Sequence[Span]], types: str = "", name: str = "document"
) -> Document:
    """A document of sentences of these lengths, whose entities have these mentions (type "a" unless `types` says)."""
    made = Document(
        id=name,
        title="",
        text=None,
        sentences=tuple(Sentence(tuple(f"w{s}.{i}" for i in range(n))) for s, n in enumerate(lengths)),
        entities=tuple(
            Entity(
                f"E{number}",
                types[number] if types else "a",
                tuple(Mention(s, start, end, f"{s}:{start}-{end}", "a") for s, start, end in sorted(spans)),
            )
            for number, spans in enumerate(mentions)
        ),
    )
    check(made, "a test")
    return made


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Up to four sentences and five entities of one to seven mentions; entities share spans often."""
    lengths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    spans = [
        (sentence, start, end)
        for sentence, length in enumerate(lengths)
        for start in range(length)
        for end in range(start + 1, min(start + 3, length) + 1)
    ]
    pool = draw(st.lists(st.sampled_from(spans), min_size=1, max_size=9, unique=True))
    own = st.lists(st.sampled_from(pool), min_size=1, max_size=MOST_MENTIONS, unique=True)
    mentions = draw(st.lists(own, max_size=5))
    types = draw(st.lists(st.sampled_from("ab"), min_size=len(mentions), max_size=len(mentions)))
    return document(lengths, mentions, "".join(types))


@st.composite
def corpora(draw: st.DrawFn, max_documents: int = 3) -> Corpus:
    """One to three documents; some rules leave some of them without a candidate pair."""
    made = tuple(draw(st.lists(documents(), min_size=1, max_size=max_documents)))
    return Corpus(made, draw(st.sampled_from([ANY, A_TO_B])))


@st.composite
def with_gold(draw: st.DrawFn, plain: Document) -> Document:
    """The document with random facts, and excluded pairs among those without one."""
    facts, excluded = [], []
    for head, tail in permutations((entity.id for entity in plain.entities), 2):
        kind = draw(st.sampled_from([*RELATIONS, "excluded", "negative"]))
        if kind in RELATIONS:
            facts.append(Fact(head, tail, kind))
        elif kind == "excluded":
            excluded.append(ExcludedPair(head, tail, "hypernym"))
    return Document(plain.id, plain.title, plain.text, plain.sentences, plain.entities, tuple(facts), tuple(excluded))


def large_document(seed: int, lengths: Sequence[int], mention_counts: Sequence[int]) -> Document:
    """A document of sentences of these lengths, entity i having `mention_counts[i]` mentions at random words."""
    generator = np.random.default_rng(seed)
    mentions = []
    for count in mention_counts:
        sentences = generator.integers(len(lengths), size=count)
        starts = [int(generator.integers(lengths[sentence])) for sentence in sentences]
        mentions.append([(int(s), start, start + 1) for s, start in zip(sentences, starts, strict=True)])
    types = "".join(generator.choice(["a", "b"], size=len(mention_counts)))
    return document(lengths, mentions, types, name=f"large {seed}")
