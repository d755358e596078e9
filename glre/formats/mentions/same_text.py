"""Whether two texts are the same but for how they are written."""

import re
import unicodedata
from functools import cache

_GREEK = "GREEK SMALL LETTER "
_NAMES = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|theta|eta|iota|kappa|lamb?da|omicron|omega|rho|sigma|tau|upsilon|phi|chi|psi"
)


def is_same_text(one: str, other: str) -> bool:
    """Case, accents, white space, hyphens and other signs apart, as taggers leave them out; `α` is `alpha`, or `a`."""
    letters = _letters(one)
    return bool(letters) and letters == _letters(other)


def stands_within(part: str, whole: str) -> bool:
    """Whether the part, taken in the same way, stands somewhere in the whole."""
    letters = _letters(part)
    return bool(letters) and letters in _letters(whole)


def _letters(text: str) -> str:
    plain = "".join(map(_plain, unicodedata.normalize("NFKD", text.casefold())))
    return _NAMES.sub(lambda found: found[0][0], plain)


@cache
def _plain(character: str) -> str:
    name = unicodedata.name(character, "")
    if name.startswith(_GREEK):
        return name.removeprefix(_GREEK).split()[-1].lower()
    return character if character.isalnum() else ""
