"""A document of the sample corpus in the making: its text, what it has said of each pair, and what it may still say."""

from collections.abc import Collection, Sequence

from sample_corpora.lexicon import Chance, Name
from sample_corpora.templates import Template
from sample_corpora.writer import Cast, Writer

Claim = tuple[Name, bool]
"""A chemical, and whether it causes the disease in question."""


class Story:
    """Entities, the text so far, and the bounds within which episodes do not contradict each other.

    `distances` are the sentence distances that episodes over several sentences draw from.
    """

    def __init__(
        self, chance: Chance, chemicals: Sequence[Name], diseases: Sequence[Name], distances: Sequence[int]
    ) -> None:
        self.chance = chance
        self.chemicals = chemicals
        self.diseases = diseases
        self.writer = Writer(chance, [*chemicals, *diseases])
        self.said: dict[tuple[Name, Name], bool] = {}
        """Whether the chemical causes the disease, for the pairs of which this was said."""
        self._distances = distances
        self._settled: set[Name] = set()
        self._apart: dict[Name, dict[Name, int]] = {}

    def say(self, templates: Sequence[Template], cast: Cast) -> None:
        """Write one of the sentences, its places taken by the entities given."""
        self.writer.write(self.chance.pick(templates), cast)

    def state(self, chemicals: Sequence[Name], diseases: Sequence[Name], causes: bool) -> None:
        """Keep that each of the chemicals causes each of the diseases, or does not."""
        for chemical in chemicals:
            for disease in diseases:
                self.said[chemical, disease] = causes

    def settle(self, *names: Name) -> None:
        """Let nothing more be stated of these: what follows from a chain of causes would change with it."""
        self._settled.update(names)

    def keep_apart(self, chemical: Name, disease: Name, sentences: int) -> None:
        """Never mention the two within fewer sentences of each other from here on."""
        self._apart.setdefault(chemical, {})[disease] = sentences
        self._apart.setdefault(disease, {})[chemical] = sentences

    def are_apart(self, chemical: Name, disease: Name) -> bool:
        """Whether the two must not share a sentence."""
        return disease in self._apart.get(chemical, ())

    def distance(self, room: int) -> int:
        """A sentence distance that an episode of `room` sentences can hold; 0 where it holds none."""
        return min(self.chance.pick(self._distances), room - 1)

    def is_new(self, name: Name) -> bool:
        """Whether the text has not named this entity so far."""
        return name not in self.writer.last_sentence

    def may_appear(self, name: Name) -> bool:
        """Whether this entity may be mentioned in the next sentence."""
        apart = self._apart.get(name)
        if apart is None:
            return True
        now, last = len(self.writer.sentences), self.writer.last_sentence
        return all(now - last[other] >= sentences for other, sentences in apart.items())

    def new_ones(self, names: Sequence[Name], count: int) -> list[Name]:
        """`count` entities that were not named so far, or none at all."""
        new = [name for name in names if self.is_new(name)]
        return self.chance.draw(new, count) if len(new) >= count else []

    def some_chemicals(self, count: int, besides: Collection[Name] = ()) -> list[Name]:
        """`count` chemicals of which something may be stated, or none at all."""
        return self._some([chemical for chemical in self.chemicals if chemical not in besides], count)

    def some_diseases(self, claims: Sequence[Claim], count: int, besides: Collection[Name] = ()) -> list[Name]:
        """`count` diseases of which these claims may be made in one sentence, or none at all."""
        return self._some(
            [
                disease
                for disease in self.diseases
                if disease not in besides
                and all(
                    self.said.get((chemical, disease), causes) == causes and not self.are_apart(chemical, disease)
                    for chemical, causes in claims
                )
            ],
            count,
        )

    def _some(self, names: Sequence[Name], count: int) -> list[Name]:
        free = [name for name in names if name not in self._settled and self.may_appear(name)]
        if len(free) < count:
            return []
        new = [name for name in free if self.is_new(name)]
        # Otherwise an entity that appears late would be left for the list at the end.
        if count == 1 and new and self.chance.yes(0.5):
            return [self.chance.pick(new)]
        return self.chance.draw(free, count)
