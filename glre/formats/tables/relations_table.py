"""Relations as a table on the terminal."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from glre.counted import counted
from glre.documents.document import Document
from glre.documents.relations import DocumentRelations, PredictedRelation, RelatedEntity
from glre.printable import printable


def relations_table(answers: Iterable[tuple[Document, DocumentRelations]]) -> Table:
    """A row per relation, or one that says that a document has none; sentences count from 1, wide text is folded."""
    table = Table()
    for column in ("document", "head", "relation", "tail"):
        table.add_column(column, overflow="fold")
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("sentences", overflow="fold")
    for document, found in answers:
        id = printable(document.id)
        for relation in found.relations:
            table.add_row(*map(Text, (id, *_cells(relation))))
            id = ""
        if not found.relations:
            table.add_row(*map(Text, (id, "", f"none in {counted(found.pairs, 'pair')}")))
        table.add_section()
    return table


def _cells(own: PredictedRelation) -> tuple[str, ...]:
    sentences = ", ".join(str(sentence + 1) for sentence in own.sentences)
    return (_entity(own.head), printable(own.name), _entity(own.tail), f"{own.score:.3f}", sentences)


def _entity(entity: RelatedEntity) -> str:
    return printable(f"{entity.name} ({entity.id})")
