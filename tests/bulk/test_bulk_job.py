"""A whole job: begun, cut, taken up again, refused."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fake_predictors import FakeLoad
from filelock import FileLock
from small_jobs import LONGEST, OPTIONS, RECORD, documents_in, run, until
from small_shards import write_shard, write_shards

from glre.document_format import Format
from glre.errors import InputError
from glre.formats.outputs.output_format import OutputFormat
from glre.formats.reading import Reading
from glre.prediction.options import Precision


def visible(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir() if not path.name.startswith("."))


def test_a_job_and_the_same_again(tmp_path: Path, load: FakeLoad, capsys: pytest.CaptureFixture[str]) -> None:
    names = write_shards(tmp_path / "in")
    first = run(tmp_path, load)
    assert documents_in(tmp_path / "out") == sorted(names)
    assert visible(tmp_path / "out") == ["job.json", *(f"part-{number}.jsonl" for number in range(4)), "summary.json"]
    assert (first.shards, first.skipped, first.documents, first.relations) == (4, 0, 12, 12)
    assert first.predicted == 12
    assert first.complete
    shown = json.loads((tmp_path / "out/summary.json").read_text())
    assert (shown["documents"], shown["failed"]) == (12, [])
    assert shown["documents_per_second"] > 0
    assert "4 of 4 shards, 12 documents" in capsys.readouterr().err
    assert not (tmp_path / "out/.attempts").exists()

    workers = load.workers()
    again = run(tmp_path, load)
    assert (again.skipped, again.documents, again.predicted) == (4, 12, 0)
    assert load.workers() == workers
    assert "4 of 4 shards complete already" in capsys.readouterr().err


def test_a_changed_shard_is_done_again_and_a_new_one_too(
    tmp_path: Path, load: FakeLoad, capsys: pytest.CaptureFixture[str]
) -> None:
    write_shards(tmp_path / "in", shards=3)
    run(tmp_path, load)
    write_shard(tmp_path / "in/part-1.jsonl", ["other"])
    write_shard(tmp_path / "in/part-9.jsonl", ["new"])
    summary = run(tmp_path, load)
    assert (summary.skipped, summary.documents, summary.predicted) == (2, 8, 2)
    assert {"other", "new"} <= set(documents_in(tmp_path / "out"))
    assert "1.0" not in documents_in(tmp_path / "out")
    assert "part-1.jsonl: changed since" in capsys.readouterr().err


def test_outputs_of_other_inputs_are_told(tmp_path: Path, load: FakeLoad, capsys: pytest.CaptureFixture[str]) -> None:
    write_shards(tmp_path / "in")
    run(tmp_path, load)
    summary = run(tmp_path, load, inputs="in/part-[01].jsonl")
    assert (summary.shards, summary.documents) == (2, 6)
    assert "2 outputs are of shards that are not among the inputs" in capsys.readouterr().err


def test_a_shard_that_fails_is_reported_and_taken_up_by_the_next_run(
    tmp_path: Path, load: FakeLoad, capsys: pytest.CaptureFixture[str]
) -> None:
    names = write_shards(tmp_path / "in", shards=2)
    (tmp_path / "in/bad.parquet").write_bytes(b"PAR1 and no more")
    summary = run(tmp_path, load)
    assert not summary.complete
    assert [failure.shard for failure in summary.failed] == ["bad.jsonl"]
    assert documents_in(tmp_path / "out") == sorted(names)
    assert "bad.jsonl could not be done: " in capsys.readouterr().err
    assert json.loads((tmp_path / "out/summary.json").read_text())["failed"][0]["shard"] == "bad.jsonl"

    write_shard(tmp_path / "in/bad.parquet", ["good"])
    assert run(tmp_path, load).complete
    assert documents_in(tmp_path / "out") == sorted([*names, "good"])


def test_what_was_passed_over_is_counted_over_all_shards_and_runs(tmp_path: Path, load: FakeLoad) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        rows = f"{name}\t0\t2\tOx\tChemical\tD1\n{name}\t3\t6\tAil\tDisease\tD2\n{name}\t0\t2\tOx\tDrug\t-\n"
        bad = f"{name}2|t|Ox\n{name}2|a|\n{name}2\t4\t9\tOx\tChemical\tD1\n"
        (tmp_path / f"in/{name}.pubtator").write_text(f"{name}|t|Ox Ail\n{name}|a|\n{rows}\n{bad}")
    first, again = run(tmp_path, load), run(tmp_path, load)
    for summary in (first, again):
        found = {own.kind: (own.count, own.example) for own in summary.passed_over}
        assert found["mentions without an identifier"] == (2, f"{tmp_path}/in/a.pubtator, line 5, document 'a': 'Ox'")
        assert found["documents set aside"][0] == summary.set_aside == 2
    shown = json.loads((tmp_path / "out/summary.json").read_text())["passed_over"]
    assert [own["count"] for own in shown] == [2, 2]


def test_strict_ends_with_the_first_failure(tmp_path: Path, load: FakeLoad) -> None:
    write_shards(tmp_path / "in", shards=1)
    with (tmp_path / "in/part-0.jsonl").open("a") as file:
        file.write('{"id": "c", "title": "no more than that"}\n')
    assert run(tmp_path, load).set_aside == 1
    strict = replace(OPTIONS, shards=replace(OPTIONS.shards, reading=Reading(strict=True)))
    with pytest.raises(InputError, match=r"part-0\.jsonl"):  # though the shard is complete but for that
        run(tmp_path, load, strict)


@pytest.mark.parametrize(
    ("other", "differing"),
    [
        ({"weights": "sha256:2", "model": "models/b"}, "the model models/a, not models/b"),
        ({"weights": "sha256:2"}, "the model models/a, which has changed since"),
        ({"threshold": 0.25, "top": 3}, "threshold 0.5, not 0.25, top left open, not 3"),
        ({"precision": Precision.BFLOAT16}, "precision float32, not bfloat16"),
        ({"input_format": Format.JSON}, "input format left open, not json"),
        ({"output_format": OutputFormat.PARQUET}, "output format jsonl, not parquet"),
    ],
)
def test_a_job_keeps_to_what_it_was_begun_with(
    tmp_path: Path, load: FakeLoad, other: dict[str, object], differing: str
) -> None:
    write_shards(tmp_path / "in", shards=1)
    run(tmp_path, load)
    with pytest.raises(InputError) as raised:
        run(tmp_path, load, record=replace(RECORD, **other))  # type: ignore[arg-type]
    assert raised.value.place == str(tmp_path / "out/job.json")
    assert raised.value.found == f"a job that was begun with {differing}"
    assert "another output folder" in raised.value.expected
    assert run(tmp_path, load, record=replace(RECORD, model="the same by another name")).skipped == 1


def test_folders_that_are_none_of_a_job(tmp_path: Path, load: FakeLoad) -> None:
    write_shards(tmp_path / "in", shards=1)
    out = tmp_path / "out"
    out.write_text("a file")
    with pytest.raises(InputError, match="a folder for the outputs"):
        run(tmp_path, load)
    out.unlink()
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match=r"files of something else \(thesis.txt\)"):
        run(tmp_path, load)
    (out / "thesis.txt").unlink()
    (out / "job.json").write_text("{}")
    with pytest.raises(InputError, match="no record of a job"):
        run(tmp_path, load)


def test_one_process_at_a_time(tmp_path: Path, load: FakeLoad) -> None:
    write_shards(tmp_path / "in", shards=1)
    (tmp_path / "out").mkdir()
    with FileLock(tmp_path / "out/.lock"), pytest.raises(InputError, match="another process"):
        run(tmp_path, load)


JOB = """
import sys
from pathlib import Path
from fake_predictors import FakeLoad
from small_jobs import run
if __name__ == "__main__":
    run(Path(sys.argv[1]), FakeLoad(Path(sys.argv[2]), seconds=0.05))
"""


def test_a_job_that_is_killed_twice_loses_and_doubles_nothing(tmp_path: Path, load: FakeLoad) -> None:
    names = write_shards(tmp_path / "in", shards=8, documents=10)
    script = tmp_path / "job.py"
    script.write_text(JOB, encoding="utf-8")
    out = tmp_path / "out"
    for enough in (2, 5):
        job = subprocess.Popen(
            [sys.executable, str(script), str(tmp_path), str(load.notes)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        until(lambda enough=enough: len(list(out.glob("part-*.jsonl"))) >= enough)  # type: ignore[misc]
        job.send_signal(signal.SIGKILL)
        job.wait(LONGEST)
        assert len(documents_in(out)) < len(names)
    summary = run(tmp_path, load)
    assert summary.skipped + 2 >= 5  # each kill may cost the shards that both workers had just ended
    assert summary.skipped > 0
    assert documents_in(out) == sorted(names)
    assert summary.documents == len(names)
    assert not (out / ".attempts").exists()
