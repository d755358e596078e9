"""Documents from JSON, each item in DocRED's, BioC's or our own keys."""

from collections.abc import Iterator
from typing import BinaryIO

from glre.document_format import Format
from glre.errors import InputError
from glre.formats.bioc.document import parse_bioc
from glre.formats.docred import docred_parser
from glre.formats.inputs.json_items import described, item_format, json_items
from glre.formats.inputs.told_format import in_words
from glre.formats.own.document import parse_own
from glre.formats.parsed import Parsed
from glre.formats.set_aside import SetAside, item_id


def parse_json(stream: BinaryIO, source: str, format: Format | None) -> Iterator[Parsed | SetAside]:
    """The documents of a stream; without a `format`, each item is told by its keys. Raises as `json_items` does."""
    parsers = {Format.DOCRED: docred_parser(), Format.BIOC_JSON: parse_bioc, Format.JSON: parse_own}
    for item in json_items(stream, source, format):
        if isinstance(item, SetAside):
            yield item
            continue
        kind = format or item_format(item.content)
        try:
            if kind is None:
                raise InputError(item.place, described(item.content), in_words(None))
            yield parsers[kind](item.content, item.place)
        except InputError as error:
            yield SetAside.because(error, item_id(item.content, "title" if kind is Format.DOCRED else "id"))
