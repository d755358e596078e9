"""What JSON holds: one item, a list, a collection, or JSON Lines."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from json import JSONDecoder
from typing import Any, BinaryIO

from pydantic_core import from_json as parse_json

from glre.document_format import Format
from glre.errors import InputError
from glre.formats.inputs.told_format import BYTE_ORDER_MARK, in_words
from glre.formats.set_aside import SetAside

_SHOWN = 60
_BETWEEN = re.compile(r"[\s,]*")
"""Of a JSON text sequence too, for whose divider Python takes white space."""
_LISTS = ("documents", "PubTator3")
"""Keys of what holds BioC documents: a collection, or what PubTator3's interface answers."""


@dataclass(frozen=True, slots=True)
class Item:
    """What should be a document, and the place that messages name."""

    place: str
    content: Any


def json_items(stream: BinaryIO, source: str, format: Format | None) -> Iterator[Item | SetAside]:
    """The items of a stream: of JSON Lines one line in memory at a time, of anything else all of it.

    A line, and all else, may hold several values, one behind the other. A line that is no JSON is set aside. InputError
    where the whole is no JSON or an empty list or, without a `format`, has no item in one that we know.
    """
    number, first = 1, stream.readline().removeprefix(BYTE_ORDER_MARK)
    while first and not first.strip():
        number, first = number + 1, stream.readline()
    skipped = []
    while (following := stream.readline()) and not following.strip():
        skipped.append(following)
    lines: Iterable[bytes] = chain([first], skipped, [following], stream)
    if not following or not _is_object(first):
        raw = b"".join(lines)
        try:
            values = _values(raw, source, format)
        except InputError:
            # A first line that is broken costs itself only.
            if not first.lstrip().startswith(b"{") or not _is_object(following):
                raise
            lines = BytesIO(raw)
        else:
            yield from _whole(values[0] if len(values) == 1 else values, source, format)
            return
    for place, line in enumerate(lines, start=number):
        if line.strip():
            yield from _line(line, f"{source}, line {place}", format)


def item_format(content: Any) -> Format | None:
    """The format of an item by its keys, None where it is none that we know."""
    keys = content.keys() if isinstance(content, dict) else set()
    if "passages" in keys:
        return Format.BIOC_JSON
    if keys & {"sents", "vertexSet"}:
        return Format.DOCRED
    return Format.JSON if keys & {"sentences", "entities"} else None


def described(content: Any) -> str:
    """An item in a few words."""
    if isinstance(content, dict):
        return f"an object with the keys {sorted(content)[:10]}"[: 5 * _SHOWN]
    return repr(content)[:_SHOWN]


def _is_object(line: bytes) -> bool:
    """Whether the line by itself is a JSON object."""
    try:
        return line.lstrip().startswith(b"{") and isinstance(parse_json(line), dict)
    except ValueError:
        return False


def _line(raw: bytes, place: str, format: Format | None) -> Iterator[Item | SetAside]:
    try:
        values = _values(raw.removeprefix(BYTE_ORDER_MARK), place, format)
    except InputError as error:
        yield SetAside.because(error, None)
        return
    content = values[0] if len(values) == 1 else values
    listed = _listed(content)
    if listed is None:
        yield Item(place, content)
    else:
        yield from (Item(f"{place}, document {number}", item) for number, item in enumerate(listed))


def _whole(content: Any, source: str, format: Format | None) -> Iterator[Item]:
    listed = _listed(content)
    items = [content] if listed is None else listed
    if not items:
        raise InputError(source, "an empty list", f"one or more documents, each {in_words(format)}")
    if format is None and not any(map(item_format, items)):
        raise InputError(source, described(items[0]), in_words(None))
    yield from (Item(f"{source}, document {number}", item) for number, item in enumerate(items))


def _values(raw: bytes, place: str, format: Format | None) -> list[Any]:
    """The value, or the several that stand one behind the other."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        found = f"the byte 0x{raw[error.start]:02x} at position {error.start}"
        raise InputError(place, found, "UTF-8 text") from None
    try:
        values = [parse_json(text)]
    except ValueError as error:
        several = "trailing characters" in str(error) or text.startswith("\x1e")
        values = _one_by_one(text, JSONDecoder()) if several else []
        if not values:
            raise InputError(place, f"invalid JSON ({error})", in_words(format)) from None
    if (twice := _key_given_twice(text)) is not None:
        raise InputError(place, f"the key {twice[:_SHOWN]!r} twice in an object", "each key once")
    return values


def _key_given_twice(text: str) -> str | None:
    """A key that an object has twice, if one has: of such a parser takes the last, and loses the others."""
    twice: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return found

    _one_by_one(text, JSONDecoder(object_pairs_hook=look))
    return twice[0] if twice else None


def _one_by_one(text: str, decoder: JSONDecoder) -> list[Any]:
    """Objects and lists that nothing but white space and commas divides; none where there is anything else."""
    values: list[Any] = []
    place = _behind(text, 0)
    while place < len(text):
        try:
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return []
        if not isinstance(value, dict | list):
            return []
        values.append(value)
        place = _behind(text, place)
    return values


def _behind(text: str, place: int) -> int:
    match = _BETWEEN.match(text, place)
    return match.end() if match else place


def _listed(content: Any) -> list[Any] | None:
    """The items of a list or a collection, and of the lists and collections in it; None for anything else."""
    if isinstance(content, dict):
        held = [content[key] for key in _LISTS if isinstance(content.get(key), list)]
        return _flat(held[0]) if held and item_format(content) is None else None
    return _flat(content) if isinstance(content, list) else None


def _flat(items: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for item in items:
        listed = _listed(item)
        flat += [item] if listed is None else listed
    return flat
