"""Documents of the sample corpus in PubTator format: as many as wanted, of a chosen length and number of entities."""

from collections.abc import Iterator
from dataclasses import dataclass

from glre.errors import InputError
from sample_corpora.episodes import sentences_needed, tell
from sample_corpora.lexicon import NAMES, Chance, Name, chemicals, diseases
from sample_corpora.story import Story
from sample_corpora.writer import WrittenMention

FIRST_ID = 900_000_001
"""Above every PubMed id, so that no document can be taken for a real abstract."""
LAST_ID = 999_999_999
_SHARED_HEAD = 0.5


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers from `low` to `high`, both included, each as likely."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class SampleSettings:
    """What is generated; InputError where it cannot be."""

    documents: int
    seed: int = 1
    first_id: int = FIRST_ID
    """Id of the first document. A document depends on its id and the other settings, not on how many are generated."""
    sentences: Range = Range(5, 9)
    """Sentences in a document, an abstract's title among them."""
    entities: Range = Range(4, 7)
    """Entities in a document, of all types."""
    distances: tuple[int, ...] = (1, 1, 1, 2, 2, 3, 3, 4)
    """Sentence distances of what is said across sentences, each as likely; shorter where the text has to end."""
    names: int = 60
    """Names of each type in common use."""
    unseen: float = 0.0
    """Share of the names that are taken from as many others, which documents with 0 never use."""

    def __post_init__(self) -> None:
        last = self.first_id + self.documents - 1
        checks = (
            ("documents", self.documents, "a number from 0", self.documents >= 0),
            ("seed", self.seed, "a number from 0", self.seed >= 0),
            ("first_id", self.first_id, f"ids from 1 to {LAST_ID}", self.first_id >= 1 and last <= LAST_ID),
            ("distances", self.distances, "numbers from 1", bool(self.distances) and min(self.distances) >= 1),
            ("names", self.names, f"a number from 1 to {NAMES // 2}", 1 <= self.names <= NAMES // 2),
            ("unseen", self.unseen, "a share from 0 to 1", 0 <= self.unseen <= 1),
            (
                "entities",
                self.entities,
                f"low to high, from 2 to {self.names}, the number of names",
                2 <= self.entities.low <= self.entities.high <= self.names,
            ),
            (
                "sentences",
                self.sentences,
                f"low to high, from {sentences_needed(self.entities.high)} on to name {self.entities.high} entities",
                sentences_needed(self.entities.high) <= self.sentences.low <= self.sentences.high,
            ),
        )
        for name, found, expected, holds in checks:
            if not holds:
                raise InputError(f"sample corpus, {name}", str(found), expected)


def generate(settings: SampleSettings) -> Iterator[str]:
    """The documents one by one, each a PubTator block that ends with a blank line."""
    for id in range(settings.first_id, settings.first_id + settings.documents):
        yield _document(settings, id)


def _document(settings: SampleSettings, id: int) -> str:
    chance = Chance(settings.seed * (LAST_ID + 1) + id)
    entities = chance.between(settings.entities.low, settings.entities.high)
    share = chance.between(30, 50)
    count = max(1, entities * share // 100)
    story = Story(
        chance,
        _names(chance, chemicals(), count, settings),
        _disease_names(chance, entities - count, settings),
        settings.distances,
    )
    tell(story, chance.between(settings.sentences.low, settings.sentences.high))
    return _pubtator(id, story)


def _names(chance: Chance, lexicon: tuple[Name, ...], count: int, settings: SampleSettings) -> list[Name]:
    unseen = sum(chance.yes(settings.unseen) for _ in range(count))
    names = chance.draw(lexicon[: settings.names], count - unseen)
    return names + chance.draw(lexicon[settings.names : 2 * settings.names], unseen)


def _disease_names(chance: Chance, count: int, settings: SampleSettings) -> list[Name]:
    """Diseases, often with two that end in the same word, so that one mention can name both."""
    names = _names(chance, diseases(), count, settings)
    first = next((name for name in names if name.head), None)
    if first is None or count == 1 or not chance.yes(_SHARED_HEAD):
        return names
    alike = [name for name in diseases()[: settings.names] if name.head == first.head and name not in names]
    if alike:
        replaced = (names.index(first) + 1) % count
        names[replaced] = chance.pick(alike)
    return names


def _pubtator(id: int, story: Story) -> str:
    title, *abstract = story.writer.sentences
    lines = [f"{id}|t|{title}", f"{id}|a|{' '.join(abstract)}"]
    lines.extend(_row(id, mention) for mention in story.writer.mentions)
    lines.extend(
        f"{id}\tCID\t{chemical.id}\t{disease.id}" for (chemical, disease), causes in story.said.items() if causes
    )
    return "\n".join(lines) + "\n\n"


def _row(id: int, mention: WrittenMention) -> str:
    row = f"{id}\t{mention.start}\t{mention.end}\t{mention.text}\t{mention.type}\t{'|'.join(mention.ids)}"
    return f"{row}\t{'|'.join(mention.parts)}" if mention.parts else row
