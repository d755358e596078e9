"""Relations as BioC XML."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bioc.biocxml import BioCXMLDocumentWriter

from glre.documents.document import Document
from glre.documents.relations import DocumentRelations
from glre.formats.bioc.written_document import bioc_document, bioc_frame


class BiocXmlWriter:
    """Writes each document into an open collection."""

    def __init__(self, file: BioCXMLDocumentWriter) -> None:
        self._file = file
        self._file.write_collection_info(bioc_frame())

    def write(self, document: Document, found: DocumentRelations) -> None:
        """Write the document."""
        self._file.write_document(bioc_document(document, found))


@contextmanager
def open_bioc_xml(path: Path) -> Iterator[BiocXmlWriter]:
    """A writer of a new file at `path`."""
    with path.open("wb") as raw, closing(BioCXMLDocumentWriter(raw, encoding="UTF-8")) as file:
        yield BiocXmlWriter(file)
