"""The command line of the sample corpora: `python -m sample_corpora data/sample`."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from glre.errors import errors_reported
from sample_corpora.documents import Range
from sample_corpora.splits import DOCRED, PUBTATOR, SplitSizes, write_splits


class Format(StrEnum):
    """The format of the files."""

    pubtator = "pubtator"
    docred = "docred"


_FORMS = {Format.pubtator: PUBTATOR, Format.docred: DOCRED}


def write(
    folder: Annotated[Path, typer.Argument(help="Folder for {train,dev,test}.PubTator.txt, or .json.")],
    format: Annotated[
        Format, typer.Option(help="Abstracts on chemicals and diseases, or articles with several relations.")
    ] = Format.pubtator,
    train: Annotated[int | None, typer.Option(help="Documents in the training split.")] = None,
    dev: Annotated[int | None, typer.Option(help="Documents in the dev split; 0 writes no file.")] = None,
    test: Annotated[int | None, typer.Option(help="Documents in the test split; 0 writes no file.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed, other documents.")] = None,
    sentences: Annotated[tuple[int, int] | None, typer.Option(help="Fewest and most sentences of a document.")] = None,
    entities: Annotated[tuple[int, int] | None, typer.Option(help="Fewest and most entities of a document.")] = None,
    names: Annotated[int | None, typer.Option(help="Names of each entity type in common use.")] = None,
) -> None:
    """Write a sample corpus; what is not given is as in data/sample or data/sample_docred.

    Example: python -m sample_corpora /tmp/large --train 1000000 --dev 0 --test 0 --names 200
    """
    form = _FORMS[format]
    usual = form.settings
    base = replace(
        usual,
        seed=usual.seed if seed is None else seed,
        sentences=Range(*sentences) if sentences else usual.sentences,
        entities=Range(*entities) if entities else usual.entities,
        names=usual.names if names is None else names,
    )
    asked = {"train": train, "dev": dev, "test": test}
    sizes = SplitSizes(**(form.sizes.by_name() | {split: size for split, size in asked.items() if size is not None}))
    for path in write_splits(folder, sizes, base, form):
        print(path)


if __name__ == "__main__":
    with errors_reported():
        typer.run(write)
