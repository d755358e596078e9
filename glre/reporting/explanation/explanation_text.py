"""The explanation of one document for the terminal."""

from collections.abc import Iterable, Iterator
from itertools import chain

from rich.bar import Bar
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from glre.counted import counted
from glre.documents.document import Document
from glre.documents.relations import RelatedEntity
from glre.prediction.explanation.explanation import ContextPair, ExplainedRelation, Explanation
from glre.prediction.related_entities import entity_name
from glre.printable import printable
from glre.reporting.cases.case_text import sentence_pieces
from glre.reporting.content.case import Piece
from glre.reporting.content.figures_in_words import score, share
from glre.reporting.explanation.explanation_words import (
    ABLATION,
    NOTHING_TOLD,
    ablated_rows,
    looking_in_words,
    outcome_in_words,
    tells_parts,
)

_BAR = 20
"""Characters of a bar that stands for a weight of 1."""


def explanation_text(explanation: Explanation) -> Group:
    """The document, its mentions marked with their entities' numbers, the entities, and a block per relation.

    Numbers of entities and sentences count from 1. What comes from the document is made fit for a terminal.
    """
    document = explanation.document
    numbers = {entity.id: number for number, entity in enumerate(document.entities, start=1)}
    related = {numbers[end.id] for relation in explanation.relations for end in (relation.head, relation.tail)}
    title, name = printable(document.title), printable(document.id)
    parts: list[RenderableType] = [
        Text(title or name, style="bold"),
        Text(f"{f'Document {name}. ' if title not in ('', name) else ''}Model {printable(explanation.model)}."),
        "",
        _sentences(document, related),
        "",
        _entities(document),
        "",
        Text(outcome_in_words(explanation)),
    ]
    parts += chain.from_iterable(_relation(relation, numbers, explanation.pairs) for relation in explanation.relations)
    if tells_parts(explanation):
        parts += ["", Text(ABLATION, style="dim")]
    elif explanation.relations and not looking_in_words(explanation):
        parts += ["", Text(NOTHING_TOLD, style="dim")]
    return Group(*parts)


def _sentences(document: Document, related: set[int]) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", style="dim")
    grid.add_column(overflow="fold")
    for number in range(len(document.sentences)):
        grid.add_row(str(number + 1), _marked(sentence_pieces(document, number), related))
    return grid


def _marked(pieces: Iterable[Piece], related: set[int]) -> Text:
    """The sentence, each mention between brackets that begin with its entity's number: `[1 renal failure]`."""
    text = Text()
    listed = [*pieces, Piece("")]
    open_before: tuple[object, ...] = ()
    for piece in listed:
        text.append("]" * sum(place not in piece.mentions for place in open_before), style="dim")
        for place in piece.mentions:
            if place not in open_before:
                text.append(f"[{place.entity + 1} ", style="dim")
        styles = {_style(place.entity + 1, related) for place in piece.mentions}
        text.append(printable(piece.text), style="bold cyan" if "bold cyan" in styles else "".join(styles))
        open_before = piece.mentions
    return text


def _style(number: int, related: set[int]) -> str:
    return "bold cyan" if number in related else "cyan"


def _entities(document: Document) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("", justify="right", style="dim")
    for column in ("entity", "type", "id"):
        table.add_column(column, overflow="fold")
    table.add_column("mentions", justify="right")
    for number, entity in enumerate(document.entities, start=1):
        cells = (printable(cell) for cell in (entity_name(entity), entity.type, entity.id))
        table.add_row(str(number), *map(Text, cells), str(len(entity.mentions)))
    return table


def _relation(relation: ExplainedRelation, numbers: dict[str, int], pairs: int) -> Iterator[RenderableType]:
    head, tail = (f"[{numbers[end.id]} {printable(end.name)}]" for end in (relation.head, relation.tail))
    verdict = "predicted" if relation.is_predicted else "not predicted"
    sentences = ", ".join(str(sentence + 1) for sentence in relation.sentences)
    yield ""
    yield Rule(style="dim")
    yield Text.assemble((head, "bold"), " ", (printable(relation.name), "italic"), " ", (tail, "bold"))
    yield Text(
        f"{verdict}: score {score(relation.score)}, threshold {score(relation.threshold)}; "
        f"sentence{'s' if len(relation.sentences) > 1 else ''} {sentences}"
    )
    yield _block("", _ablation(relation, pairs))
    for role, end in (("head", relation.head), ("tail", relation.tail)):
        if all(mention.weight is not None for mention in end.mentions):
            yield _block(f"Mentions of the {role}", _mentions(end))
    if relation.context is not None and relation.own is not None:
        title = f"Context: the other pairs of the document (this pair itself: {share(relation.own)})"
        yield _block(title, _context(relation.context, numbers))


def _block(title: str, content: RenderableType) -> Padding:
    return Padding(Group(*([Text(title, style="dim")] if title else []), content), (1, 0, 0, 2))


def _ablation(relation: ExplainedRelation, pairs: int) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("", no_wrap=True)
    table.add_column("score", justify="right")
    table.add_column("", width=_BAR)
    if relation.without:
        table.add_column("change", justify="right")
    table.add_column(f"mean of {counted(pairs, 'pair')}", justify="right")
    for row in ablated_rows(relation):
        change = (row.change,) if relation.without else ()
        table.add_row(row.name, score(row.score), Bar(1, 0, row.score, width=_BAR), *change, score(row.mean))
    return table


def _mentions(entity: RelatedEntity) -> Table:
    return _weights(
        (Text(f"{printable(mention.text)}, sentence {mention.sentence + 1}"), mention.weight or 0.0)
        for mention in entity.mentions
    )


def _context(pairs: tuple[ContextPair, ...], numbers: dict[str, int]) -> RenderableType:
    if not pairs:
        return Text("None has 0.1 % or more.")
    return _weights(
        (
            Text.assemble(
                f"[{numbers[pair.head]} {printable(pair.head_name)}] → ",
                f"[{numbers[pair.tail]} {printable(pair.tail_name)}]",
                (f"  {printable(', '.join(pair.predicted) or 'nothing predicted')}", "dim"),
            ),
            pair.weight,
        )
        for pair in pairs
    )


def _weights(rows: Iterable[tuple[Text, float]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(width=_BAR)
    grid.add_column(overflow="fold")
    for text, weight in rows:
        grid.add_row(share(weight), Bar(1, 0, weight, width=_BAR), text)
    return grid
