"""Generated documents in shards, as many as wanted: invented abstracts, each with an id of its own.

python -m benchmarks.bulk_documents /tmp/shards --documents 100000
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Literal

import typer

from glre.documents.document import Document, to_json
from glre.documents.table import write_documents
from glre.errors import InputError, errors_reported
from glre.files import written_whole
from glre.formats.reader import read_text
from glre.progress import progress
from sample_corpora.documents import FIRST_ID, SampleSettings, generate

Suffix = Literal["parquet", "jsonl"]


@dataclass(frozen=True, slots=True)
class GeneratedShard:
    """What goes into one file; the ids are the numbers from `first_id` on."""

    path: Path
    first_id: int
    documents: int


def generated_shards(folder: Path, documents: int, in_shard: int, suffix: Suffix) -> tuple[GeneratedShard, ...]:
    """The files of so many documents; InputError where there would be none."""
    if documents < 1 or in_shard < 1:
        raise InputError("the command line", f"{documents} documents, {in_shard} in a shard", "numbers from 1")
    beginnings = range(0, documents, in_shard)
    digits = len(str(len(beginnings) - 1))
    return tuple(
        GeneratedShard(
            folder / f"part-{number:0{digits}}.{suffix}", FIRST_ID + beginning, min(in_shard, documents - beginning)
        )
        for number, beginning in enumerate(beginnings)
    )


def write_generated(shard: GeneratedShard) -> None:
    """Write the shard, by its suffix as Parquet or JSON Lines; memory grows with a shard's documents alone."""
    documents = _documents(shard)
    if shard.path.suffix == ".parquet":
        write_documents(documents, shard.path)
        return
    with written_whole(shard.path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{to_json(document)}\n" for document in documents)


def _documents(shard: GeneratedShard) -> Iterator[Document]:
    settings = replace(SampleSettings(documents=shard.documents), first_id=shard.first_id, names=200)
    for block in generate(settings):
        yield from read_text(block, str(shard.path))


def main(
    folder: Annotated[Path, typer.Argument(help="Where the shards go.")],
    documents: Annotated[int, typer.Option(help="Documents in all.")] = 100_000,
    in_shard: Annotated[int, typer.Option(help="Documents in a shard.")] = 2_000,
    suffix: Annotated[str, typer.Option(help="parquet or jsonl.")] = "parquet",
    processes: Annotated[int, typer.Option(help="Shards that are written at once.", min=1)] = 1,
) -> None:
    """Write generated documents into shards; the same numbers give the same files."""
    if suffix not in ("parquet", "jsonl"):
        raise InputError("--suffix", suffix, "parquet or jsonl")
    shards = generated_shards(folder, documents, in_shard, "parquet" if suffix == "parquet" else "jsonl")
    with (
        ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool,
        progress("generating", documents, "document") as bar,
    ):
        for shard, _ in zip(shards, pool.map(write_generated, shards), strict=True):
            bar.advance(shard.documents)


if __name__ == "__main__":
    with errors_reported():
        typer.run(main)
