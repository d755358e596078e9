"""BioC XML, a document at a time."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from glre.errors import InputError
from glre.formats.bioc.document import parse_bioc
from glre.formats.parsed import Parsed
from glre.formats.reading import AS_TOLD, Reading
from glre.formats.set_aside import SetAside, item_id

_CHUNK = 2**16


def parse_bioc_xml(stream: BinaryIO, source: str, reading: Reading = AS_TOLD) -> Iterator[Parsed | SetAside]:
    """The documents of a collection; InputError where the XML breaks off or is not well-formed."""
    for number, element in enumerate(_documents(stream, source)):
        content = _content(element)
        try:
            yield parse_bioc(content, f"{source}, document {number}", reading)
        except InputError as error:
            yield SetAside.because(error, item_id(content))


def _documents(stream: BinaryIO, source: str) -> Iterator[Element]:
    """The elements below the root; each is forgotten when the next one is asked for."""
    root: Element | None = None
    depth = 0
    for event, element in _events(stream, source):
        if event == "start":
            depth += 1
            if root is None:
                root = element
                if root.tag != "collection":
                    raise InputError(source, f"the element <{root.tag[:60]}>", "BioC XML, a <collection> of documents")
            continue
        depth -= 1
        if depth == 1 and root is not None:
            if element.tag == "document":
                yield element
            root.clear()


def _events(stream: BinaryIO, source: str) -> Iterator[tuple[str, Element]]:
    # Entities from outside the file are not looked up by this parser, and expat limits how far inner ones expand.
    parser: XMLPullParser[Any] = XMLPullParser(events=("start", "end"))
    for chunk in iter(partial(stream.read, _CHUNK), b""):
        yield from _parsed(parser, partial(parser.feed, chunk), source)
    yield from _parsed(parser, parser.close, source)


def _parsed(parser: "XMLPullParser[Any]", step: Callable[[], None], source: str) -> Iterator[tuple[str, Element]]:
    try:
        step()
        events: list[Any] = list(parser.read_events())
    except (ParseError, ValueError, LookupError) as error:
        raise InputError(source, f"XML that is broken or incomplete ({error})", "a whole BioC collection") from None
    yield from events


def _content(document: Element) -> dict[str, Any]:
    """The same keys and values as in BioC JSON."""
    passages = [
        {
            **_part(passage),
            "infons": _infons(passage),
            "sentences": [_part(sentence) for sentence in passage.findall("sentence")],
        }
        for passage in document.findall("passage")
    ]
    return {**_part(document), "passages": passages}


def _part(parent: Element) -> dict[str, Any]:
    """What a document, a passage and a sentence all may have."""
    return {
        **_texts(parent, "id", "offset", "text"),
        "annotations": _annotations(parent),
        "relations": [
            {
                "id": element.get("id"),
                "infons": _infons(element),
                "nodes": [dict(node.attrib) for node in element.findall("node")],
            }
            for element in parent.findall("relation")
        ],
    }


def _annotations(parent: Element) -> list[dict[str, Any]]:
    return [
        {
            "id": element.get("id"),
            **_texts(element, "text"),
            "infons": _infons(element),
            "locations": [dict(location.attrib) for location in element.findall("location")],
        }
        for element in parent.findall("annotation")
    ]


def _texts(parent: Element, *tags: str) -> dict[str, str]:
    return {child.tag: child.text or "" for child in parent if child.tag in tags}


def _infons(parent: Element) -> dict[str, str]:
    return {child.get("key", ""): child.text or "" for child in parent.findall("infon")}
