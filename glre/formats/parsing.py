"""The documents of an opened source, whatever its format."""

from collections.abc import Iterator

from glre.document_format import Format
from glre.documents.document import check
from glre.errors import InputError
from glre.formats.inputs.line_ends import lines_of
from glre.formats.inputs.opening import Opened, unbroken
from glre.formats.inputs.told_format import in_words, told_by_beginning
from glre.formats.parsed import Parsed
from glre.formats.reading import Reading
from glre.formats.set_aside import SetAside

_SHOWN = 60


def parsed_documents(content: Opened, reading: Reading) -> Iterator[Parsed | SetAside]:
    """The documents in their order; ids are unique among those that are not set aside, and spans fit.

    InputError, when the iteration comes there, where the source can't be used or not be read to its end.
    """
    told = reading.format or told_by_beginning(content.beginning)
    ids: set[str] = set()
    none = True
    with unbroken(content.name):
        for parsed in _parsed(content, told, reading):
            none = False
            if isinstance(parsed, Parsed):
                unusable = _unusable(parsed, ids)
                ids.add(parsed.document.id)
                yield unusable or parsed
            else:
                yield parsed
    if none and told is not Format.PARQUET:
        raise InputError(content.name, "no document", "one or more documents")


def _unusable(parsed: Parsed, ids: set[str]) -> SetAside | None:
    document = parsed.document
    if document.id in ids:
        return SetAside(parsed.place, document.id, "the id a second time", "an id of its own")
    if not document.sentences:
        return SetAside(parsed.place, document.id, "no sentence", "one or more sentences")
    try:
        check(document, parsed.place)
    except InputError as error:
        return SetAside.because(error, document.id)
    return None


def _parsed(content: Opened, told: Format | None, reading: Reading) -> Iterator[Parsed | SetAside]:
    # Each parser brings what the others have no need of, and that takes time to import.
    if told is Format.PUBTATOR:
        from glre.formats.pubtator.reader import parse_pubtator

        return parse_pubtator(lines_of(content), content.name, reading)
    if told is Format.BIOC_XML:
        from glre.formats.bioc.xml import parse_bioc_xml

        return parse_bioc_xml(content.stream, content.name, reading)
    if told is Format.PARQUET:
        from glre.formats.own.parquet import parse_parquet

        return parse_parquet(content.stream, content.name)
    if told is not None:
        from glre.formats.json_documents import parse_json

        return parse_json(content.stream, content.name, reading)
    beginning = content.beginning[:_SHOWN].decode("utf-8", "replace")
    raise InputError(content.name, repr(beginning), in_words(None))
