"""Puts the sample corpus's sentences into words, and keeps where each entity is mentioned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sample_corpora.lexicon import CHEMICAL, DISEASE, Chance, Name
from sample_corpora.templates import Place, Template

Cast = Mapping[str, Sequence[Name]]
"""The entities that take each place of a sentence."""

_ALIASES = {
    CHEMICAL: (("the ", "drug"), ("this ", "drug"), ("the ", "agent"), ("this ", "compound")),
    DISEASE: (("this ", "complication"), ("the ", "disorder"), ("this ", "condition")),
}
_ABBREVIATED = 0.6
"""Share of the entities with an abbreviation whose abbreviation a document uses."""


@dataclass(frozen=True, slots=True)
class WrittenMention:
    """Characters `start` to `end` of the text name the entities `ids`; `parts` are a composite mention's names."""

    start: int
    end: int
    text: str
    type: str
    ids: tuple[str, ...]
    parts: tuple[str, ...] = ()


class Writer:
    """A text that grows by sentences. The first is the title; one character stands between two sentences."""

    def __init__(self, chance: Chance, names: Sequence[Name]) -> None:
        self._chance = chance
        self._abbreviated: set[Name] = set()
        taken = set()
        for name in names:
            if name.abbreviation and name.abbreviation not in taken and chance.yes(_ABBREVIATED):
                taken.add(name.abbreviation)
                self._abbreviated.add(name)
        self._introduced: set[Name] = set()
        self._latest: dict[str, Name | None] = {}
        self._here: list[Name] = []
        self._pieces: list[str] = []
        self._length = 0
        self.sentences: list[str] = []
        self.mentions: list[WrittenMention] = []
        self.last_sentence: dict[Name, int] = {}
        """The latest sentence that mentions an entity."""

    def write(self, template: Template, cast: Cast) -> None:
        """Add a sentence in which the entities of `cast` take their places."""
        self._pieces = []
        self._here = []
        for part in template:
            if isinstance(part, str):
                self._say(part)
            elif isinstance(part, Place):
                self._list(cast[part.key], part.names_only)
            else:
                self._say(self._chance.pick(part))
        for name in self._here:
            self.last_sentence[name] = len(self.sentences)
        for kind in (CHEMICAL, DISEASE):
            named = {name for name in self._here if name.type == kind}
            if named:
                self._latest[kind] = named.pop() if len(named) == 1 else None
        self.sentences.append("".join(self._pieces))
        self._length += 1  # the space, or after the title the line break, between two sentences

    def _say(self, words: str) -> None:
        if not self._pieces:
            words = words[0].upper() + words[1:]
        self._pieces.append(words)
        self._length += len(words)

    def _list(self, names: Sequence[Name], names_only: bool) -> None:
        if len(names) == 2 and names[0].head and names[0].head == names[1].head:
            self._composite(names)
            return
        for position, name in enumerate(names):
            if position:
                self._say(" and " if position == len(names) - 1 else ", ")
            self._mention(name, names_only or len(names) > 1)

    def _mention(self, name: Name, names_only: bool) -> None:
        known = name in self._introduced
        short = name.abbreviation if name in self._abbreviated else None
        if known and not names_only and self._latest.get(name.type) is name and self._chance.yes(0.6):
            article, noun = self._chance.pick(_ALIASES[name.type])
            self._say(article)
            self._name(noun, name)
        elif known and short and self._chance.yes(0.7):
            self._name(short, name)
        else:
            self._name(name.full, name)
            # A title gives the full name only; the abstract introduces the abbreviation.
            if self.sentences and not known:
                if short:
                    self._say(" (")
                    self._name(short, name)
                    self._say(")")
                self._introduced.add(name)
        self._here.append(name)

    def _name(self, words: str, name: Name) -> None:
        start = self._length
        self._say(words)
        self.mentions.append(WrittenMention(start, self._length, self._pieces[-1], name.type, (name.id,)))

    def _composite(self, names: Sequence[Name]) -> None:
        start, first = self._length, len(self._pieces)
        modifiers = [name.full.removesuffix(f" {name.head}") for name in names]
        self._say(f"{modifiers[0]} and {modifiers[1]} {names[0].head}")
        ids, parts = tuple(name.id for name in names), tuple(name.full for name in names)
        self.mentions.append(WrittenMention(start, self._length, self._pieces[first], names[0].type, ids, parts))
        self._here.extend(names)
