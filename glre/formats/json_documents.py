"""Documents from JSON, each item in DocRED's, BioC's or our own keys."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO

from glre.document_format import Format
from glre.errors import InputError
from glre.formats.bioc.document import parse_bioc
from glre.formats.docred import docred_parser
from glre.formats.inputs.json_items import described, item_format, json_items
from glre.formats.inputs.told_format import in_words
from glre.formats.own.document import parse_own
from glre.formats.parsed import Parsed
from glre.formats.reading import AS_TOLD, Reading
from glre.formats.set_aside import SetAside, item_id


def parse_json(stream: BinaryIO, source: str, reading: Reading = AS_TOLD) -> Iterator[Parsed | SetAside]:
    """The documents of a stream; without a format, each item is told by its keys. Raises as `json_items` does."""
    parsers: dict[Format, Callable[[Any, str], Parsed]] = {
        Format.DOCRED: docred_parser(),
        Format.BIOC_JSON: partial(parse_bioc, reading=reading),
        Format.JSON: parse_own,
    }
    for item in json_items(stream, source, reading.format):
        if isinstance(item, SetAside):
            yield item
            continue
        kind = reading.format or item_format(item.content)
        try:
            if kind is None:
                raise InputError(item.place, described(item.content), in_words(None))
            yield parsers[kind](item.content, item.place)
        except InputError as error:
            yield SetAside.because(error, item_id(item.content, "title" if kind is Format.DOCRED else "id"))
