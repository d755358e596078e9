"""A file of a corpus: all its documents with their facts, or an error."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from glre.document_format import Format
from glre.documents.document import Document
from glre.errors import InputError
from glre.formats.inputs.json_items import Item, item_format, json_items
from glre.formats.inputs.opening import opened
from glre.formats.inputs.sources import Source
from glre.formats.inputs.told_format import in_words, told_by_beginning
from glre.formats.parsed import Parsed
from glre.formats.parsing import parsed_documents
from glre.formats.passed_over import PassedOver, PassedOverCounts
from glre.formats.reading import Reading


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """The documents of a file, and what of it was passed over or mended."""

    documents: list[Document]
    passed_over: tuple[PassedOver, ...]


def corpus_format(path: Path) -> Format:
    """The format of a file, told by its content; InputError where it is none that we know, or can't be read."""
    with opened(Source(str(path), path), None) as content:
        told = told_by_beginning(content.beginning)
        if told is Format.JSON:
            items = json_items(content.stream, content.name, None)
            told = next((item_format(item.content) for item in items if isinstance(item, Item)), None)
    if told is None:
        raise InputError(str(path), "another content", in_words(None))
    return told


def read_corpus_file(path: Path, format: Format, relations: Collection[str]) -> CorpusFile:
    """Read a file in this format, whose facts are of `relations`.

    InputError names file, place in it and document where the first thing is that the format doesn't have.
    """
    documents: list[Document] = []
    counts = PassedOverCounts()
    with opened(Source(str(path), path), format) as content:
        for parsed in parsed_documents(content, Reading(format)):
            if not isinstance(parsed, Parsed):
                raise parsed.error()
            if parsed.irregular is not None:
                raise parsed.irregular
            gold = parsed.gold(relations)
            documents.append(replace(parsed.document, facts=gold.facts, excluded=gold.excluded))
            counts.add((*parsed.passed_over, *gold.passed_over))
    return CorpusFile(documents, counts.rows)
