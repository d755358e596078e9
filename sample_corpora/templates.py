"""Sentences with places for entities, as the sample corpora's wording is written down.

In a sentence, `{c}` is a place for entities in any of their forms, `{=c}` for their names only, `[a|b]` a choice of
words and `#` a number.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where the entities called `key` go."""

    key: str
    names_only: bool


Template = tuple[str | tuple[str, ...] | Place, ...]
"""A sentence in parts: words, a choice of words, or a place for entities."""

_PART = re.compile(r"\[([^\]]*)\]|\{(=?)(\w+)\}|(#)")
_NUMBERS = tuple(str(number) for number in range(2, 49))


def sentences(text: str) -> tuple[Template, ...]:
    """One template a line."""
    return tuple(_template(line.strip()) for line in text.strip().splitlines())


def _template(sentence: str) -> Template:
    parts: list[str | tuple[str, ...] | Place] = []
    end = 0
    for match in _PART.finditer(sentence):
        if words := sentence[end : match.start()]:
            parts.append(words)
        choice, names_only, key, number = match.groups()
        if key:
            parts.append(Place(key, bool(names_only)))
        else:
            parts.append(_NUMBERS if number else tuple(choice.split("|")))
        end = match.end()
    parts.append(sentence[end:])
    return tuple(parts)
