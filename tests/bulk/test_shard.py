"""A shard's output is there whole or not at all."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from fake_predictors import FakeLoad, FakePredictor, relations_in
from small_shards import document, write_shard

from glre.bulk.options import ShardOptions
from glre.bulk.outcome import ShardSummary
from glre.bulk.plan import Shard, find_shards
from glre.bulk.state.attempt import ATTEMPTS, attempt, clear_attempts
from glre.bulk.workers.shard import predict_shard
from glre.errors import InputError
from glre.formats.outputs.output_format import OutputFormat
from glre.formats.reading import Reading

JSONL = ShardOptions(OutputFormat.JSONL)


class Changing(FakePredictor):
    """Somebody writes to the shard while it is predicted."""

    def __init__(self, notes: Path, path: Path) -> None:
        super().__init__(notes, 0)
        self._path = path

    def stream(self, documents: Any) -> Iterator[Any]:
        for answer in super().stream(documents):
            os.utime(self._path, ns=(1, 1))
            yield answer


def only_shard(folder: Path, options: ShardOptions = JSONL) -> Shard:
    return find_shards([str(folder / "in")], folder / "out", options.output_format)[0]


def predict(folder: Path, load: FakeLoad, options: ShardOptions = JSONL) -> ShardSummary:
    return predict_shard(only_shard(folder, options), folder / "out", load(1), options, lambda _: None)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl"])
def test_all_documents_are_in_the_output_in_their_order(tmp_path: Path, load: FakeLoad, suffix: str) -> None:
    names = [f"d{number}" for number in range(20)]
    write_shard(tmp_path / "in" / f"x/part{suffix}", names)
    summary = predict(tmp_path, load)
    rows = [json.loads(line) for line in (tmp_path / "out/x/part.jsonl").read_text().splitlines()]
    assert [row["document_id"] for row in rows] == names
    scores = [relation["score"] for row in rows for relation in row["relations"]]
    assert scores == pytest.approx([relations_in(document(name)).relations[0].score for name in names])
    assert (summary.shard, summary.documents, summary.relations, summary.set_aside) == ("x/part.jsonl", 20, 20, 0)
    assert files(tmp_path / "out") == ["x/part.jsonl"]


def test_parquet(tmp_path: Path, load: FakeLoad) -> None:
    write_shard(tmp_path / "in/part.jsonl", ["a", "b"])
    predict(tmp_path, load, ShardOptions(OutputFormat.PARQUET))
    assert pq.read_table(tmp_path / "out/part.parquet").column("document_id").to_pylist() == ["a", "b"]


def test_documents_that_are_set_aside(tmp_path: Path, load: FakeLoad) -> None:
    write_shard(tmp_path / "in/part.jsonl", ["a", "b"])
    with (tmp_path / "in/part.jsonl").open("a") as file:
        file.write('{"id": "c", "title": "no more than that"}\n')
    summary = predict(tmp_path, load)
    assert (summary.documents, summary.set_aside) == (2, 1)
    assert files(tmp_path / "out") == ["part.jsonl", "part.jsonl.set_aside.jsonl"]
    (line,) = (tmp_path / "out/part.jsonl.set_aside.jsonl").read_text().splitlines()
    assert "part.jsonl" in json.loads(line)["place"]

    write_shard(tmp_path / "in/part.jsonl", ["a", "b", "c"])
    predict(tmp_path, load)
    assert files(tmp_path / "out") == ["part.jsonl"]


def test_a_document_that_is_too_large_is_named_with_its_file(tmp_path: Path, load: FakeLoad) -> None:
    write_shard(tmp_path / "in/part.jsonl", ["a", "large"])
    assert predict(tmp_path, load).set_aside == 1
    (line,) = (tmp_path / "out/part.jsonl.set_aside.jsonl").read_text().splitlines()
    assert json.loads(line)["place"] == f"{tmp_path / 'in/part.jsonl'}, document 'large'"


def test_strict_leaves_no_output(tmp_path: Path, load: FakeLoad) -> None:
    write_shard(tmp_path / "in/part.jsonl", ["a"])
    with (tmp_path / "in/part.jsonl").open("a") as file:
        file.write('{"id": "c", "title": "no more than that"}\n')
    with pytest.raises(InputError, match=r"part\.jsonl"):
        predict(tmp_path, load, ShardOptions(OutputFormat.JSONL, Reading(strict=True)))
    assert files(tmp_path / "out") == []


def test_a_shard_that_breaks_off_leaves_what_was_there(tmp_path: Path, load: FakeLoad) -> None:
    write_shard(tmp_path / "in/part.parquet", ["a"])
    predict(tmp_path, load)
    before = (tmp_path / "out/part.jsonl").read_bytes()
    content = (tmp_path / "in/part.parquet").read_bytes()
    (tmp_path / "in/part.parquet").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match="Parquet"):
        predict(tmp_path, load)
    write_shard(tmp_path / "in/part.parquet", ["a", "wrong"])
    with pytest.raises(ZeroDivisionError):
        predict(tmp_path, load)
    assert files(tmp_path / "out") == ["part.jsonl"]
    assert (tmp_path / "out/part.jsonl").read_bytes() == before


def test_a_shard_that_changes_meanwhile_is_refused(tmp_path: Path, load: FakeLoad) -> None:
    write_shard(tmp_path / "in/part.jsonl", ["a", "b"])
    shard = only_shard(tmp_path)
    with pytest.raises(InputError, match="changed while it was read"):
        predict_shard(shard, tmp_path / "out", Changing(load.notes, shard.source), JSONL, lambda _: None)
    assert files(tmp_path / "out") == []


def test_attempts_never_meet_and_those_cut_short_are_counted(tmp_path: Path, load: FakeLoad) -> None:
    write_shard(tmp_path / "in/part.jsonl", ["a"])
    shard, out = only_shard(tmp_path), tmp_path / "out"
    with attempt(shard, out) as one, attempt(shard, out) as other:
        assert one != other
    for _ in range(ATTEMPTS):
        with pytest.raises(MemoryError), attempt(shard, out):
            raise MemoryError
    with pytest.raises(InputError, match="3 workers died"):
        predict(tmp_path, load)
    clear_attempts(out)
    assert predict(tmp_path, load).documents == 1
