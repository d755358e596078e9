"""A bulk job as a Prefect flow, with a real server; the command is a stand-in that does as its input says."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, LogFilter, LogFilterFlowRunId

from flows import bulk as module
from flows.bulk import BulkOutcome, BulkRefusedError, bulk
from flows.leashed import CommandError
from glre.bulk.outcome import ShardFailure
from glre.bulk.state.summary import BulkSummary, write_summary

pytestmark = pytest.mark.usefixtures("prefect")

# Notes how it was called, writes a summary, and ends as the input says.
COMMAND = """
import json, os, pathlib, sys
from glre.bulk.outcome import ShardFailure
from glre.bulk.state.summary import BulkSummary, write_summary
with open("calls", "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + chr(10))
print("predicting:", 3, "shards", file=sys.stderr, flush=True)
how = sys.argv[-1]
calls = len(pathlib.Path("calls").read_text().splitlines())
if how == "killed-once" and calls == 1:
    os.kill(os.getpid(), 9)
if how == "refused":
    print("error: shards: found none; expected some", file=sys.stderr)
    sys.exit(2)
out = pathlib.Path(sys.argv[sys.argv.index("--output") + 1])
out.mkdir(exist_ok=True)
failed = (ShardFailure("b.parquet", "in/b.parquet", "half a table", "a whole one"),) if how == "one-fails" else ()
write_summary(BulkSummary(3, 1, 1200, 34, 5, 800, 20.0, failed), out)
sys.exit(2 if failed else 0)
"""
SUMMARY = BulkSummary(3, 1, 1200, 34, 5, 800, 20.0, ())


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = tmp_path / "command.py"
    script.write_text(COMMAND, encoding="utf-8")
    monkeypatch.setattr(module, "COMMAND", (sys.executable, str(script)))
    monkeypatch.setattr(module, "predict", module.predict.with_options(retry_delay_seconds=0.1))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def calls(root: Path) -> list[list[str]]:
    return [json.loads(line) for line in (root / "calls").read_text().splitlines()]


def run(**parameters: Any) -> tuple[Any, str]:
    """How the flow ended, and the flow run's id."""
    state = bulk(output="out", return_state=True, **parameters)
    assert state.state_details.flow_run_id
    return state, str(state.state_details.flow_run_id)


def artifact(flow_run: str) -> str:
    """The text of the summary on the run's page."""
    with get_client(sync_client=True) as client:
        wanted = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[flow_run]))
        found = client.read_artifacts(artifact_filter=wanted)
    texts = [str(one.data) for one in found if one.key == "bulk-summary"]
    assert len(texts) <= 1
    return "".join(texts)


def lines(flow_run: str, expected: str) -> list[str]:
    """Messages of the log, as soon as one holds `expected`: they are sent in the background."""
    deadline = time.monotonic() + 30
    while True:
        with get_client(sync_client=True) as client:
            logs = client.read_logs(LogFilter(flow_run_id=LogFilterFlowRunId(any_=[flow_run])))
        found = [entry.message for entry in logs]
        if any(expected in line for line in found):
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.2)


def test_the_command_its_lines_and_its_summary(root: Path) -> None:
    state, flow_run = run(model="models/a", inputs=["in", "more/*.jsonl"], workers=3, threshold=0.25)
    outcome = state.result()
    assert isinstance(outcome, BulkOutcome)
    assert outcome.summary == SUMMARY
    assert str(outcome) == "3 shards, 1 of them complete before: 1,200 documents, 34 relations"
    options = ["--output", "out", "--to", "parquet", "--workers", "3", "--threshold", "0.25"]
    assert calls(root) == [[*options, "--", "models/a", "in", "more/*.jsonl"]]
    assert "predicting: 3 shards" in lines(flow_run, "predicting")
    shown = artifact(flow_run)
    assert "| documents | 1,200 |" in shown
    assert "| documents/s | 40.0 |" in shown
    assert "Without an output" not in shown


def test_a_command_that_is_killed_goes_on(root: Path) -> None:
    state, _ = run(model="models/a", inputs=["killed-once"])
    assert state.is_completed()
    assert len(calls(root)) == 2


def test_a_shard_that_failed_is_on_the_page_and_fails_the_flow(root: Path) -> None:
    state, flow_run = run(model="models/a", inputs=["one-fails"])
    assert state.is_failed()
    with pytest.raises(BulkRefusedError, match="exit code 2"):
        state.result()
    assert len(calls(root)) == 1
    failure = ShardFailure("b.parquet", "in/b.parquet", "half a table", "a whole one")
    assert f"- `b.parquet`: {failure}" in artifact(flow_run)


def test_a_refusal_is_not_tried_again(root: Path) -> None:
    (root / "out").mkdir()
    write_summary(SUMMARY, root / "out")
    os.utime(root / "out/summary.json", (1, 1))
    state, flow_run = run(model="models/a", inputs=["refused"])
    with pytest.raises(CommandError, match="found none; expected some") as raised:
        state.result()
    assert raised.value.exit_code == 2
    assert len(calls(root)) == 1
    assert artifact(flow_run) == ""  # the summary that lies there is an earlier run's
