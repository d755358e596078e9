"""How far a job is, while shards end, fail and begin again."""

from pathlib import Path

import pytest
from small_shards import write_shard

from glre.bulk.fingerprint import Fingerprint
from glre.bulk.outcome import DocumentsDone, ShardFailure, ShardLost, ShardSummary
from glre.bulk.pace import Pace
from glre.bulk.plan import Shard, find_shards
from glre.formats.outputs.output_format import OutputFormat

DOCUMENTS = 20


@pytest.fixture(params=[".parquet", ".jsonl"])
def shards(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Shard, ...]:
    """Two of a like number of documents."""
    for name in ("a", "b"):
        write_shard(tmp_path / "in" / f"{name}{request.param}", [f"{name}{n:02}" for n in range(DOCUMENTS)])
    return find_shards([str(tmp_path / "in")], tmp_path / "out", OutputFormat.JSONL)


def summary(shard: Shard) -> ShardSummary:
    return ShardSummary(shard.name, DOCUMENTS, 0, 0, 1.0, Fingerprint(shard.size, 0, ""), 1)


def test_documents_move_it_and_ends_make_it_exact(shards: tuple[Shard, ...]) -> None:
    one, other = shards
    pace = Pace(shards, complete=3)
    assert pace.total == one.size + other.size
    moved = pace.take(DocumentsDone(one.name, DOCUMENTS // 2))
    assert moved == pytest.approx(one.size / 2, rel=0.1)
    assert "3 of 5 shards, 10 documents" in str(pace)
    assert "left" in str(pace)
    pace.take(DocumentsDone(one.name, DOCUMENTS))  # more than it was thought to have
    assert pace.done <= one.size
    pace.take(summary(one))
    assert pace.done == one.size
    assert "4 of 5 shards, 20 documents" in str(pace)
    pace.take(DocumentsDone(other.name, 5))
    before = pace.done
    assert pace.take(ShardLost(other.name, "it was killed")) == one.size - before
    pace.take(ShardFailure(other.name, "b", "nothing", "something"))
    assert pace.done == pace.total
    assert "5 of 5 shards, 20 documents" in str(pace)
    assert "about 0 s left" in str(pace)


def test_nothing_is_promised_before_anything_is_done(shards: tuple[Shard, ...]) -> None:
    assert str(Pace(shards, complete=0)) == "0 of 2 shards, 0 documents"


def test_a_shard_that_cannot_be_looked_into(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.parquet").write_bytes(b"no table")
    (tmp_path / "in/b.xml").write_bytes(b"<collection/>")
    shards = find_shards([str(tmp_path / "in")], tmp_path / "out", OutputFormat.JSONL)
    pace = Pace(shards, complete=0)
    assert [pace.take(DocumentsDone(shard.name, 1)) for shard in shards] == [0, 0]
