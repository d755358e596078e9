"""The command line of the sample corpus: `python -m glre.corpora.sample data/sample`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from glre.corpora.sample.documents import Range, SampleSettings
from glre.corpora.sample.splits import SplitSizes, write_splits
from glre.errors import InputError

_SIZES = SplitSizes()
_SETTINGS = SampleSettings(documents=0)


def write(
    folder: Annotated[Path, typer.Argument(help="Folder for {train,dev,test}.PubTator.txt.")],
    train: Annotated[int, typer.Option(help="Documents in the training split.")] = _SIZES.train,
    dev: Annotated[int, typer.Option(help="Documents in the dev split; 0 writes no file.")] = _SIZES.dev,
    test: Annotated[int, typer.Option(help="Documents in the test split; 0 writes no file.")] = _SIZES.test,
    seed: Annotated[int, typer.Option(help="Another seed, other documents.")] = _SETTINGS.seed,
    sentences: Annotated[tuple[int, int], typer.Option(help="Fewest and most sentences of a document.")] = (
        _SETTINGS.sentences.low,
        _SETTINGS.sentences.high,
    ),
    entities: Annotated[tuple[int, int], typer.Option(help="Fewest and most entities of a document.")] = (
        _SETTINGS.entities.low,
        _SETTINGS.entities.high,
    ),
    names: Annotated[int, typer.Option(help="Chemicals, and diseases, in common use.")] = _SETTINGS.names,
) -> None:
    """Write the sample corpus in PubTator format.

    Example: python -m glre.corpora.sample /tmp/large --train 1000000 --dev 0 --test 0 --names 200
    """
    base = SampleSettings(
        documents=0,
        seed=seed,
        sentences=Range(*sentences),
        entities=Range(*entities),
        names=names,
    )
    for path in write_splits(folder, SplitSizes(train, dev, test), base):
        print(path)


if __name__ == "__main__":
    try:
        typer.run(write)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
