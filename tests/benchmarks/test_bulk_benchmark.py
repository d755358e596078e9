"""What the benchmark of bulk jobs lets pass as complete, and how it counts memory."""

import json
from pathlib import Path

import pytest

from benchmarks.bulk import _checked
from benchmarks.bulk_documents import GeneratedShard
from benchmarks.bulk_page import peaks_by_part
from benchmarks.bulk_watch import Sample
from glre.errors import InputError


def write_output(folder: Path, shard: GeneratedShard, ids: list[int]) -> None:
    lines = [json.dumps({"document_id": str(id), "relations": []}) + "\n" for id in ids]
    (folder / f"{shard.path.stem}.jsonl").write_text("".join(lines), encoding="utf-8")


@pytest.fixture
def shards(tmp_path: Path) -> list[GeneratedShard]:
    shards = [GeneratedShard(Path(f"part-{number}.parquet"), 10 * number, 3) for number in range(2)]
    for shard in shards:
        write_output(tmp_path, shard, [shard.first_id, shard.first_id + 1, shard.first_id + 2])
    return shards


def test_complete_outputs(tmp_path: Path, shards: list[GeneratedShard]) -> None:
    assert _checked(shards, tmp_path) == 6


@pytest.mark.parametrize("ids", [[10, 11], [10, 11, 11], [10, 11, 12, 12], [11, 10, 12], [0, 1, 2]])
def test_lost_doubled_and_foreign_documents(tmp_path: Path, shards: list[GeneratedShard], ids: list[int]) -> None:
    write_output(tmp_path, shards[1], ids)
    with pytest.raises(InputError, match=r"part-1\.jsonl"):
        _checked(shards, tmp_path)


def test_an_output_of_no_shard(tmp_path: Path, shards: list[GeneratedShard]) -> None:
    with pytest.raises(InputError, match="part-1"):
        _checked(shards[:1], tmp_path)


def test_memory_is_told_by_quarters() -> None:
    samples = [Sample(0.0, 1, complete, 3, resident, 1, 1) for complete, resident in enumerate([5, 9, 4, 7, 8, 6])]
    assert peaks_by_part(samples, 5) == [9, 4, 7, 8]
