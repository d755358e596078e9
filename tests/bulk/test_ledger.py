"""Which shards are complete, whatever happened to ledger, outputs and inputs meanwhile."""

import os
from pathlib import Path

import pytest
from fake_predictors import FakeLoad
from small_shards import write_shard, write_shards

from glre.bulk.options import ShardOptions
from glre.bulk.plan import Shard, find_shards
from glre.bulk.state.ledger import Ledger
from glre.bulk.workers.shard import predict_shard
from glre.formats.outputs.output_format import OutputFormat

JSONL = ShardOptions(OutputFormat.JSONL)


@pytest.fixture
def done(tmp_path: Path, load: FakeLoad) -> tuple[Shard, ...]:
    """Three shards with their outputs, all in the ledger."""
    write_shards(tmp_path / "in", shards=3)
    shards = find_shards([str(tmp_path / "in")], tmp_path / "out", JSONL.output_format)
    ledger = Ledger(tmp_path / "ledger")
    for shard in shards:
        ledger.add(predict_shard(shard, tmp_path / "out", load(1), JSONL, lambda _: None))
    return shards


def complete(folder: Path, shards: tuple[Shard, ...]) -> list[bool]:
    ledger = Ledger(folder / "ledger")
    return [ledger.complete(shard) is not None for shard in shards]


def test_what_was_added_is_read_back(tmp_path: Path, done: tuple[Shard, ...]) -> None:
    ledger = Ledger(tmp_path / "ledger")
    summaries = [ledger.complete(shard) for shard in done]
    assert [summary and summary.documents for summary in summaries] == [3, 3, 3]


def test_a_ledger_cut_anywhere_loses_no_more_than_its_last_lines(
    tmp_path: Path, load: FakeLoad, done: tuple[Shard, ...]
) -> None:
    whole = (tmp_path / "ledger").read_bytes()
    for cut in range(len(whole)):
        (tmp_path / "ledger").write_bytes(whole[:cut])
        known = complete(tmp_path, done)
        assert known == sorted(known, reverse=True)
    assert known == [True, True, True]  # only the line break is missing

    (tmp_path / "ledger").write_bytes(whole[:-40])
    assert complete(tmp_path, done) == [True, True, False]
    Ledger(tmp_path / "ledger").add(predict_shard(done[2], tmp_path / "out", load(1), JSONL, lambda _: None))
    assert complete(tmp_path, done) == [True, True, True]


def test_outputs_that_are_gone_or_cut(tmp_path: Path, done: tuple[Shard, ...]) -> None:
    done[0].output.unlink()
    done[1].output.write_bytes(done[1].output.read_bytes()[:-1])
    assert complete(tmp_path, done) == [False, False, True]


def test_inputs_that_changed(tmp_path: Path, done: tuple[Shard, ...]) -> None:
    write_shard(done[0].source, ["0.0", "0.1", "0.9"])  # as long as before
    write_shard(done[1].source, ["1.0", "1.1", "1.2"])  # the same content, written anew
    os.utime(done[1].source, ns=(1, 1))
    done[2].source.unlink()
    assert complete(tmp_path, done) == [False, True, False]


def test_outputs_of_other_shards(tmp_path: Path, done: tuple[Shard, ...]) -> None:
    assert Ledger(tmp_path / "ledger").others(done[:2]) == ("part-2.jsonl",)
