"""Invented persons, organisations and places, all names different."""

from dataclasses import dataclass
from functools import cache

from sample_corpora.lexicon import NAMES

PERSON = "PER"
ORGANISATION = "ORG"
PLACE = "LOC"


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """An entry of the lexicon; two are the same only if they are one object.

    `short` is a person's last name, an organisation's abbreviation, or the name of a place once more.
    """

    type: str
    full: str
    short: str


# fmt: off
_FIRST_STARTS = ("Tal", "Bren", "Kor", "Mir", "Sel", "Vor", "Dag", "Fen", "Hal", "Jor", "Lun", "Nev")
_FIRST_ENDS = ("an", "ika", "ot", "enne", "is", "uma", "or", "ise", "ul")
_LAST_STARTS = (
    "Krel", "Dun", "Hask", "Orb", "Wex", "Stav", "Brol", "Quim", "Garth", "Ulm", "Pell", "Zand",
    "Tor", "Vesk", "Lind", "Mard", "Fosk", "Yar", "Ekk", "Rusk", "Nord", "Ives", "Cald", "Sorr",
)
_LAST_ENDS = (
    "vik", "mond", "arno", "ette", "hale", "izky", "owen", "trem", "sby", "ulin", "adze", "ford", "egg", "ius",
    "anth", "ober", "inck", "uda",
)
_FIRMS = (
    "Zel", "Korv", "Bront", "Alm", "Tess", "Ryk", "Ombr", "Vint", "Hul", "Sarp", "Nim", "Jask", "Ged", "Perc",
    "Lorr", "Fald", "Misk", "Util", "Drax", "Ebb", "Qual", "Wim", "Yst", "Cath",
)
_FIRM_ENDS = ("mar", "ane", "al", "ic", "on", "ura")
_KINDS = ("Institute", "Works", "Press", "Union", "Mills", "Society", "Bank", "Academy", "Foundry", "Theatre", "Lines")
_PLACE_STARTS = (
    "Tavr", "Ostr", "Ild", "Marw", "Gresk", "Holl", "Benn", "Uvr", "Skel", "Ard", "Corl", "Dwin", "Eft", "Fyrn",
    "Jul", "Kesp", "Lagg", "Morv", "Ness", "Poll", "Rath", "Sund", "Trow", "Wyst",
)
_PLACE_ENDS = (
    "enholm", "abey", "ovia", "unde", "imoor", "stead", "ania", "avale", "ory", "inguld", "eluz", "orra",
    "ergat", "osk", "umbria", "ydale", "aport", "esse",
)
# fmt: on


@cache
def names(kind: str) -> tuple[Name, ...]:
    """All names of a type, so ordered that neighbours are not alike."""
    make = {PERSON: _person, ORGANISATION: _organisation, PLACE: _place}[kind]
    return tuple(make(number) for number in range(NAMES))


def _person(number: int) -> Name:
    turn = number // len(_FIRST_STARTS)
    first = _FIRST_STARTS[number % len(_FIRST_STARTS)] + _FIRST_ENDS[(turn + 5 * number) % len(_FIRST_ENDS)]
    last = _joined(_LAST_STARTS, _LAST_ENDS, number)
    return Name(PERSON, f"{first} {last}", last)


def _organisation(number: int) -> Name:
    turn = number // len(_FIRMS)
    firm = _FIRMS[number % len(_FIRMS)] + _FIRM_ENDS[(turn + number) % len(_FIRM_ENDS)]
    kind = _KINDS[(turn // len(_FIRM_ENDS) + 5 * number) % len(_KINDS)]
    return Name(ORGANISATION, f"{firm} {kind}", f"{firm[0]}{firm[-1]}{kind[0]}{kind[-1]}".upper())


def _place(number: int) -> Name:
    name = _joined(_PLACE_STARTS, _PLACE_ENDS, number)
    return Name(PLACE, name, name)


def _joined(starts: tuple[str, ...], ends: tuple[str, ...], number: int) -> str:
    # 24 starts and 18 ends: 7 has no factor in common with the ends, so a start meets each of them once.
    return starts[number % len(starts)] + ends[(number // len(starts) + 7 * number) % len(ends)]
