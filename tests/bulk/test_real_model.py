"""A bulk job with a trained model says what the predictor says."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from small_sample import DOCUMENTS

from glre import Predictor
from glre.bulk.job import run_bulk
from glre.bulk.options import BulkOptions, ShardOptions
from glre.bulk.workers.predicting import ModelLoad
from glre.documents.relations import Answer
from glre.documents.table import read_documents, write_documents
from glre.errors import InputError
from glre.formats.outputs.output_format import OutputFormat
from glre.prediction.options import Options, Precision

MODEL = "models/sample/glre/seed-1"
JSONL = ShardOptions(OutputFormat.JSONL)


@pytest.mark.usefixtures("finished")
def test_shards_hold_what_the_predictor_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = read_documents(Path("data/processed/sample/test.parquet"))
    assert len(documents) == DOCUMENTS["test"]
    model = Path(MODEL).resolve()
    for shard in range(3):
        (tmp_path / "in").mkdir(exist_ok=True)
        write_documents(documents[4 * shard : 4 * shard + 4], tmp_path / f"in/{shard}.parquet")
    # In bfloat16 a score depends on what it is computed with.
    options = Options(threshold=0.1, top=2, precision=Precision.FLOAT32)
    summary = run_bulk(MODEL, [str(tmp_path / "in")], tmp_path / "out", BulkOptions(options, JSONL, workers=2))
    answers = Predictor.load(MODEL, options)(documents)
    written = [json.loads(line) for n in range(3) for line in (tmp_path / f"out/{n}.jsonl").read_text().splitlines()]
    assert [one["document_id"] for one in written] == [answer.document_id for answer in answers]
    for one, answer in zip(written, answers, strict=True):
        found = [(r["head"]["id"], r["tail"]["id"], r["relation"]) for r in one["relations"]]
        assert found == [(r.head.id, r.tail.id, r.relation) for r in answer.relations]
        assert [r["name"] for r in one["relations"]] == [r.name for r in answer.relations]
        scores = [r["score"] for r in one["relations"]]
        assert scores == pytest.approx([r.score for r in answer.relations], abs=1e-5)
    assert summary.documents == len(documents)
    assert summary.relations == sum(len(answer.relations) for answer in answers) > 0

    record = json.loads((tmp_path / "out/job.json").read_text())
    assert (record["model"], record["threshold"], record["top"]) == (MODEL, 0.1, 2)
    for changes in ({"threshold": 0.2}, {"threshold": None}, {"top": None}, {"precision": Precision.BFLOAT16}):
        other = BulkOptions(replace(options, **changes), JSONL)  # type: ignore[arg-type]
        with pytest.raises(InputError, match=r"job\.json"):
            run_bulk(MODEL, [str(tmp_path / "in")], tmp_path / "out", other)
    monkeypatch.chdir(tmp_path / "out")  # as on another machine: names come with the model
    elsewhere = ModelLoad(model, options)(1).stream(documents)
    found = {r.name for answer in elsewhere if isinstance(answer, Answer) for r in answer.found.relations}
    assert found == {"chemical-induced disease"}
    with pytest.raises(InputError, match="nowhere"):
        run_bulk("nowhere", [str(tmp_path / "in")], tmp_path / "other", BulkOptions(options, JSONL))
    assert not (tmp_path / "other").exists()
