"""Generated shards hold as many different documents as they say, whatever their size and format."""

from pathlib import Path

import pytest

from benchmarks.bulk_documents import Suffix, generated_shards, write_generated
from glre.documents.document import Document
from glre.documents.table import read_documents
from glre.errors import InputError
from glre.formats.inputs.sources import Source
from glre.formats.reader import read_source


def written(folder: Path, documents: int, in_shard: int, suffix: Suffix) -> list[list[Document]]:
    shards = generated_shards(folder, documents, in_shard, suffix)
    for shard in shards:
        write_generated(shard)
    if suffix == "parquet":
        return [read_documents(shard.path) for shard in shards]
    read = [list(read_source(Source(shard.path.name, shard.path))) for shard in shards]
    return [[document for document in shard if isinstance(document, Document)] for shard in read]


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_ids_are_different_in_all_shards(tmp_path: Path, suffix: Suffix) -> None:
    shards = written(tmp_path, 25, 10, suffix)
    assert [len(shard) for shard in shards] == [10, 10, 5]
    documents = [document for shard in shards for document in shard]
    assert len({document.id for document in documents}) == 25
    assert len({document.text for document in documents}) == 25
    assert all(document.entities for document in documents)


def test_shards_do_not_depend_on_their_number(tmp_path: Path) -> None:
    few = [document for shard in written(tmp_path / "few", 12, 4, "jsonl") for document in shard]
    many = [document for shard in written(tmp_path / "many", 12, 5, "jsonl") for document in shard]
    assert few == many


def test_names_are_in_order(tmp_path: Path) -> None:
    paths = [shard.path for shard in generated_shards(tmp_path, 25, 2, "parquet")]
    assert paths == sorted(paths)
    with pytest.raises(InputError, match="0 documents"):
        generated_shards(tmp_path, 0, 2, "parquet")
