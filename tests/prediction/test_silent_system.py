"""A system that explains nothing predicts, in bulk too, is explained by its scores, and has its place in a report."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from random_documents import large_document
from silent_system import SilentSettings, registered
from untrained import in_folder, written

from glre import cli
from glre.bulk.options import ShardOptions
from glre.bulk.plan import find_shards
from glre.bulk.workers.shard import predict_shard
from glre.documents.document import to_json
from glre.documents.table import write_documents
from glre.formats.outputs.output_format import OutputFormat
from glre.prediction.explanation.explanation import explain
from glre.prediction.explanation.probe import Probe
from glre.prediction.options import Options
from glre.prediction.predictor import Predictor
from glre.reporting.cases.cases import UNTOLD
from glre.reporting.explanation.explanation_words import NOTHING_TOLD
from glre.stages import report
from glre.systems.trained import load_settings

MADE = [large_document(seed, [6, 5, 4], [3, 1, 2]) for seed in range(4)]


@pytest.fixture
def system() -> Iterator[SilentSettings]:
    with registered() as settings:
        yield settings


@pytest.fixture
def predictor(system: SilentSettings, tmp_path: Path) -> Predictor:
    return written(tmp_path / "model", system, Options(threshold=0.5))


def test_it_predicts_and_every_mention_stands_without_a_weight(predictor: Predictor) -> None:
    assert predictor.model.settings.model.system == "silent"
    answers = predictor(MADE)
    relations = [relation for answer in answers for relation in answer.relations]
    assert len(relations) > 10
    assert {mention.weight for relation in relations for mention in relation.head.mentions} == {None}
    for relation in relations:
        mentions = (*relation.head.mentions, *relation.tail.mentions)
        assert relation.sentences == tuple(sorted({mention.sentence for mention in mentions}))


def test_in_bulk_it_says_the_same(predictor: Predictor, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write_documents(MADE, tmp_path / "in/part.parquet")
    (shard,) = find_shards([str(tmp_path / "in")], tmp_path / "out", OutputFormat.JSONL)
    predict_shard(shard, tmp_path / "out", predictor, ShardOptions(OutputFormat.JSONL), lambda _: None)
    rows = [json.loads(line) for line in shard.output.read_text().splitlines()]
    expected = [[relation.score for relation in answer.relations] for answer in predictor(MADE)]
    assert [[relation["score"] for relation in row["relations"]] for row in rows] == [
        pytest.approx(scores) for scores in expected
    ]


def test_what_is_explained_are_its_scores_alone(predictor: Predictor) -> None:
    probe = Probe(predictor, MADE[0])
    np.testing.assert_allclose(probe.scores, predictor.scores(MADE[:1])[0].scores, rtol=1e-5)
    assert (probe.parts, probe.evidence) == ((), None)
    told = explain(predictor, MADE[0])
    assert len(told.relations) == told.predicted == (probe.scores >= 0.5).sum()
    for relation in told.relations:
        assert (relation.context, relation.own, relation.without) == (None, None, ())
        assert {mention.weight for mention in (*relation.head.mentions, *relation.tail.mentions)} == {None}


def test_the_command_says_so(
    predictor: Predictor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert predictor
    (tmp_path / "made.jsonl").write_text(to_json(MADE[0]) + "\n")
    page = tmp_path / "page.html"
    arguments = ["explain", str(tmp_path / "model"), str(tmp_path / "made.jsonl"), "-o", str(page)]
    monkeypatch.setattr(sys, "argv", ["glre", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    assert NOTHING_TOLD in said
    assert "attention" not in said
    assert NOTHING_TOLD in page.read_text()


@pytest.mark.usefixtures("own_folder")
def test_a_report_shows_what_it_found_and_says_that_it_tells_no_more(system: SilentSettings) -> None:
    folder = Path("models/sample/glre/seed-1")
    trained = load_settings(folder)
    shutil.rmtree(folder)
    in_folder(folder, trained.model_copy(update={"model": system}))
    report.run("sample")
    for name in ("index.html", "report.md"):
        text = Path("reports/sample", name).read_text()
        assert UNTOLD in text.replace("\\", "")
        assert "Mentions of the head" not in text
        assert "not asked about this pair" not in text
    assert "tail's mentions" not in Path("reports/sample/report.md").read_text()
