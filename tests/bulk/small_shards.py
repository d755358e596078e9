"""Shards of a few short documents, written out by hand."""

from collections.abc import Iterable
from pathlib import Path

from glre.documents.document import Document, Entity, Mention, Sentence, to_json
from glre.documents.table import write_documents


def document(name: str) -> Document:
    """A document of one sentence with a chemical and a disease; the name is its id and stands in its text."""
    words = ("Brenotol", "was", "blamed", "for", "tremor", name)
    return Document(
        id=name,
        title=name,
        text=None,
        sentences=(Sentence(words),),
        entities=(
            Entity("C1", "Chemical", (Mention(0, 0, 1, "Brenotol", "Chemical"),)),
            Entity("D1", "Disease", (Mention(0, 4, 5, "tremor", "Disease"),)),
        ),
    )


def write_shard(path: Path, names: Iterable[str]) -> None:
    """Documents of these names, as Parquet or as JSON Lines by the path's suffix."""
    documents = [document(name) for name in names]
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        write_documents(documents, path)
    else:
        path.write_text("".join(to_json(one) + "\n" for one in documents), encoding="utf-8")


def write_shards(folder: Path, shards: int = 4, documents: int = 3, suffix: str = ".jsonl") -> list[str]:
    """Shards `part-<n>` in the folder; the ids of all documents."""
    names = [[f"{shard}.{number}" for number in range(documents)] for shard in range(shards)]
    for shard, own in enumerate(names):
        write_shard(folder / f"part-{shard}{suffix}", own)
    return [name for own in names for name in own]
