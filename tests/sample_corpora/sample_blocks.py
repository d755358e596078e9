"""PubTator blocks of the sample corpus, read without the package's own reader."""

import re
from dataclasses import dataclass

from sample_corpora.documents import SampleSettings, generate

Pair = tuple[str, str]


@dataclass(frozen=True)
class MentionRow:
    start: int
    end: int
    text: str
    type: str
    ids: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """A document: its text, its mentions and its relations."""

    id: str
    text: str
    mentions: tuple[MentionRow, ...]
    relations: tuple[Pair, ...]

    @property
    def sentences(self) -> list[str]:
        return re.split(r"(?<=\.) ", self.text)

    def sentences_of(self, entity: str) -> set[int]:
        return {self.text.count(". ", 0, m.start) for m in self.mentions if entity in m.ids}

    def entities(self, kind: str) -> set[str]:
        return {id for m in self.mentions if m.type == kind for id in m.ids if id != "-1"}

    @property
    def candidates(self) -> list[Pair]:
        return [(c, d) for c in sorted(self.entities("Chemical")) for d in sorted(self.entities("Disease"))]

    def distance(self, pair: Pair) -> int:
        heads, tails = (self.sentences_of(entity) for entity in pair)
        return min(abs(head - tail) for head in heads for tail in tails)


def parsed(text: str) -> Block:
    assert text.endswith("\n\n")
    title, abstract, *rows = text[:-2].split("\n")
    (id, t, title_text), (abstract_id, a, abstract_text) = title.split("|", 2), abstract.split("|", 2)
    assert (abstract_id, t, a) == (id, "t", "a")
    mentions, relations = [], []
    for row in rows:
        own_id, *columns = row.split("\t")
        assert own_id == id
        if columns[0] == "CID":
            relations.append((columns[1], columns[2]))
        else:
            start, end, mention, kind, ids, *parts = columns
            split_parts = tuple(parts[0].split("|")) if parts else ()
            mentions.append(MentionRow(int(start), int(end), mention, kind, tuple(ids.split("|")), split_parts))
    return Block(id, f"{title_text} {abstract_text}", tuple(mentions), tuple(relations))


def blocks(settings: SampleSettings) -> list[Block]:
    return [parsed(text) for text in generate(settings)]


def all_positive_f1(documents: list[Block]) -> float:
    pairs = sum(len(block.candidates) for block in documents)
    positives = sum(len(block.relations) for block in documents)
    return 2 * positives / (pairs + positives)


def split_blocks(text: str) -> list[Block]:
    return [parsed(f"{block}\n\n") for block in text.removesuffix("\n\n").split("\n\n")]
