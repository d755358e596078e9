"""Adds a corpus to params.yaml, and to what DVC reads. Not a DVC stage: it comes before all of them."""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import typer
from rich.table import Table

from glre.corpora.new_corpus import NewCorpus, look_up, splits_by_name
from glre.errors import InputError
from glre.formats.passed_over import in_lines
from glre.grid.derived import write_derived
from glre.grid.new_dataset import as_text, write_dataset
from glre.grid.params import read_settings
from glre.terminal import table_console

_LOG_WIDTH = 160
_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_-]*")
"""Narrower than what params.yaml allows: DVC takes a dot for the way to a key below."""


def run(
    name: str, files: Sequence[Path], of_splits: Mapping[str, Sequence[Path]], description: str | None, yes: bool
) -> None:
    """Look up what params.yaml has to say of the corpus, show it, and write it where the user agrees.

    `files` say their split by name, those of `of_splits` don't have to. InputError where the corpus can't be added.
    """
    if not _NAME.fullmatch(name):
        raise InputError("NAME", repr(name), "letters, digits, _ and -, beginning with a letter or digit")
    if name in read_settings().datasets:
        raise InputError("params.yaml, datasets", f"{name!r} already", "a name that no dataset has")
    if not (files or any(of_splits.values())):
        raise InputError("files", "none", "those of the corpus")
    told = splits_by_name(files)
    corpus = look_up(name, {split: [*told[split], *of_splits.get(split, ())] for split in told}, description)
    _show(name, corpus)
    if not yes:
        if sys.stdin is None or not sys.stdin.isatty():
            raise InputError("standard input", "no terminal to ask on, so nothing is written", "--yes, to write it")
        if not typer.confirm("Write this into params.yaml?"):
            print("Nothing is written.")
            return
    settings = write_dataset(name, corpus.entry)
    write_derived(settings)
    print(f"params.yaml, grid.yaml: {name} is added. What trains and evaluates on it:")
    for point in settings.grid.points.values():
        if point.dataset == name:
            print(f"dvc repro evaluate@{point.name}")


def _show(name: str, corpus: NewCorpus) -> None:
    table = Table("split", *(figure.replace("_", " ") for figure in asdict(next(iter(corpus.statistics.values())))))
    for split, counts in corpus.statistics.items():
        table.add_row(split, *map(str, asdict(counts).values()))
    table_console(_LOG_WIDTH).print(table)
    print(as_text(name, corpus.entry))
    print(in_lines(corpus.passed_over), end="")
    for split, number in corpus.outside.items():
        if number:
            print(f"{split}: {number} facts between entity types that no fact of train and dev has, never to be found")
    if "test" not in corpus.statistics:
        print("There is no test split: figures will be those of dev, which chooses epoch and threshold.")
