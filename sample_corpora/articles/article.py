"""An article in the making: its words, its mentions, the facts that it states, and what it has settled."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from glre.text.words import Span, word_spans
from sample_corpora.articles.lexicon import ORGANISATION, PERSON, Name
from sample_corpora.lexicon import Chance
from sample_corpora.templates import Place, Template

Cast = Mapping[str, Sequence[Name]]
"""The entities that take each place of a sentence."""

_ABBREVIATED = 0.5
_SHORT = 0.6


@dataclass(frozen=True, slots=True)
class WrittenMention:
    """Words `start` to `end` (exclusive) of sentence `sentence` name an entity."""

    sentence: int
    start: int
    end: int
    text: str


class Article:
    """A text that grows by sentences. `cast` are the entities that it names.

    `distances` are the sentence distances that episodes over several sentences draw from.
    """

    def __init__(self, chance: Chance, cast: Sequence[Name], distances: Sequence[int]) -> None:
        self.chance = chance
        self.cast = cast
        self._distances = distances
        shorts = Counter(name.short for name in cast)
        self._abbreviated = {
            name for name in cast if name.type == ORGANISATION and shorts[name.short] == 1 and chance.yes(_ABBREVIATED)
        }
        self.sentences: list[list[str]] = []
        self.mentions: dict[Name, list[WrittenMention]] = {}
        self.facts: dict[tuple[Name, str, Name], set[int]] = {}
        """Head, relation and tail of what the text states, and the sentences that it follows from."""
        self._settled: set[frozenset[Name]] = set()
        self._used: set[tuple[str, Name]] = set()

    def write(self, template: Template, cast: Cast) -> int:
        """Add a sentence in which the entities of `cast` take their places; its number."""
        self.sentences.append([])
        for part in template:
            if isinstance(part, Place):
                self._list(cast[part.key])
            else:
                self._say(part if isinstance(part, str) else self.chance.pick(part))
        first = self.sentences[-1][0]
        self.sentences[-1][0] = first[0].upper() + first[1:]
        return len(self.sentences) - 1

    def distance(self, room: int) -> int:
        """A sentence distance that an episode of `room` sentences can hold; 0 where it holds none."""
        return min(self.chance.pick(self._distances), room - 1)

    def is_new(self, name: Name) -> bool:
        """Whether the text has not named this entity so far."""
        return name not in self.mentions

    def are_settled(self, one: Name, other: Name) -> bool:
        """Whether the text has said already what the two have to do with each other."""
        return frozenset((one, other)) in self._settled

    def settle(self, one: Name, other: Name) -> None:
        """Let nothing more be said of these two."""
        self._settled.add(frozenset((one, other)))

    def is_used(self, role: str, name: Name) -> bool:
        """Whether this entity has taken a part that it can take only once, such as being born."""
        return (role, name) in self._used

    def use(self, role: str, name: Name) -> None:
        """Let the entity never take this part again."""
        self._used.add((role, name))

    def state(self, head: Name, relation: str, tail: Name, evidence: Sequence[int]) -> None:
        """Keep that the relation holds, as these sentences say together."""
        self.facts.setdefault((head, relation, tail), set()).update(evidence)

    def _say(self, text: str) -> None:
        self.sentences[-1].extend(text[start:end] for start, end in word_spans(text, Span(0, len(text)), []))

    def _list(self, names: Sequence[Name]) -> None:
        for position, name in enumerate(names):
            if position:
                self._say(" and " if position == len(names) - 1 else ", ")
            self._mention(name)

    def _mention(self, name: Name) -> None:
        known = not self.is_new(name)
        if known and (name.type == PERSON or name in self._abbreviated) and self.chance.yes(_SHORT):
            self._name(name, name.short)
            return
        self._name(name, name.full)
        if not known and name in self._abbreviated:
            self._say("(")
            self._name(name, name.short)
            self._say(")")

    def _name(self, name: Name, text: str) -> None:
        words = self.sentences[-1]
        start = len(words)
        words.extend(text.split())
        mention = WrittenMention(len(self.sentences) - 1, start, len(words), text)
        self.mentions.setdefault(name, []).append(mention)
