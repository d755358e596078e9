"""Invented chemicals and diseases for the sample corpus, and the chance by which everything in it is drawn."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

T = TypeVar("T")

CHEMICAL = "Chemical"
DISEASE = "Disease"
UNLISTED = "-1"
"""The id that PubTator gives to a mention which no entry of the terminology fits."""


class Chance:
    """Random draws that are the same in every Python version.

    Of the `random` module only `random()`, seeded with an integer, is promised not to change; nothing else is used.
    """

    __slots__ = ("_random",)

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1."""
        return int(self._random() * limit)

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        return low + int(self._random() * (high - low + 1))

    def yes(self, probability: float) -> bool:
        """True with this probability."""
        return self._random() < probability

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, each as likely."""
        return items[int(self._random() * len(items))]

    def draw(self, items: Sequence[T], count: int) -> list[T]:
        """`count` different items in random order."""
        left = list(items)
        for position in range(count):
            other = position + int(self._random() * (len(left) - position))
            left[position], left[other] = left[other], left[position]
        return left[:count]


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """An entry of the lexicon; two are the same only if they are one object."""

    id: str
    type: str
    full: str
    abbreviation: str | None = None
    head: str | None = None
    """Last word of a disease of two words: two with the same head can share it ("dalmic and lornic fever")."""


# fmt: off
_STEMS = (
    "vora", "zelu", "mepri", "tavo", "ludi", "keno", "brolo", "fani", "gura", "hexo", "jomi", "nilo", "oxara",
    "pelu", "rizo", "sado", "tumi", "ulvo", "wexi", "yari", "dabu", "coru", "elmi", "imbo",
)
_ENDINGS = (
    "trazine", "lomide", "xetol", "dipan", "vastol", "merone", "cyclate", "sarbol", "nidate", "quolone",
    "butamide", "renol", "thiazil", "mycel", "zepram", "profide", "gliptor", "tamine",
)
_ROOTS = (
    "brent", "corv", "dalm", "fesk", "gorv", "hask", "jelt", "karn", "lorn", "mord", "nesk", "orv", "pald",
    "quar", "resk", "solv", "tarm", "ulb", "vesp", "wold", "yorn", "zygm", "thral", "skeld",
)
_WORD_ENDINGS = (
    "osis", "itis", "algia", "emia", "opathy", "oplegia", "asthenia", "orrhea", "ectasis",
)
_HEADS = (
    "failure", "palsy", "fever", "atrophy", "block", "tremor", "necrosis", "stenosis", "neuropathy", "spasm",
    "syndrome", "oedema",
)
# fmt: on

NAMES = len(_STEMS) * len(_ENDINGS)
"""Names in the lexicon, of each type."""


@cache
def chemicals() -> tuple[Name, ...]:
    """All chemicals, all different, so ordered that neighbours are not alike."""
    return tuple(_chemical(number) for number in range(NAMES))


@cache
def diseases() -> tuple[Name, ...]:
    """All diseases, of one and of two words in turn."""
    return tuple(_disease(number) for number in range(NAMES))


UNLISTED_NAMES = (
    Name(UNLISTED, CHEMICAL, "carrier blend K7"),
    Name(UNLISTED, CHEMICAL, "solvent Q-12"),
    Name(UNLISTED, CHEMICAL, "buffer salt 40B"),
    Name(UNLISTED, DISEASE, "ward 9 malaise"),
    Name(UNLISTED, DISEASE, "unclassified tarsal pain"),
)


def _chemical(number: int) -> Name:
    stem = _STEMS[number % len(_STEMS)]
    # 7 has no factor in common with the 18 endings, so a stem meets each of them once.
    ending = _ENDINGS[(number // len(_STEMS) + 7 * number) % len(_ENDINGS)]
    consonants = [letter for letter in ending if letter not in "aeiouy"]
    return Name(f"SC{number:06d}", CHEMICAL, stem + ending, (stem[0] + consonants[0] + consonants[-1]).upper())


def _disease(number: int) -> Name:
    id = f"SD{number:06d}"
    turn, two_words = divmod(number, 2)
    if two_words:
        root = _ROOTS[(turn + 11) % len(_ROOTS)]
        head = _HEADS[(turn // len(_ROOTS) + 7 * turn) % len(_HEADS)]
        return Name(id, DISEASE, f"{root}ic {head}", (root[0] + root[-1] + head[0]).upper(), head)
    ending = _WORD_ENDINGS[(turn // len(_ROOTS) + 2 * turn) % len(_WORD_ENDINGS)]
    return Name(id, DISEASE, _ROOTS[turn % len(_ROOTS)] + ending)
