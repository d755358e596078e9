import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glre import cli
from glre.documents.document import Document, Entity, Fact
from glre.documents.table import read_documents, write_documents
from glre.evaluation.leaderboard import ResultEntry, read_result
from glre.evaluation.predictions import read_predictions
from glre.stages import evaluate
from glre.systems.trained import load_settings
from tests.evaluation.official_definition import official_metrics, raw_form

MODEL = "models/sample/glre/seed-1"
PREDICTIONS = Path("results/sample/glre/predictions.parquet")


def documents(split: str) -> list[Document]:
    return read_documents(Path(f"data/processed/sample/{split}.parquet"))


def in_docred_form(document: Document) -> Document:
    """The document as it would be had it come in DocRED format: entities named by their places, titled by its id."""
    place = {entity.id: str(number) for number, entity in enumerate(document.entities)}
    return replace(
        document,
        title=document.id,
        entities=tuple(Entity(place[entity.id], entity.type, entity.mentions) for entity in document.entities),
        facts=tuple(Fact(place[fact.head], place[fact.tail], fact.relation) for fact in document.facts),
    )


def write_docred(made: list[Document], name: str, labelled: bool = True) -> list[dict[str, Any]]:
    """The documents as a DocRED file in the current folder; returns its content."""
    content = [raw_form(in_docred_form(document)) for document in made]
    if not labelled:
        for document in content:
            del document["labels"]
    Path(name).write_text(json.dumps(content), encoding="utf-8")
    return content


def glre(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command line; the exit code."""
    monkeypatch.setattr(sys, "argv", ["glre", "leaderboard", *arguments])
    try:
        cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def percentages(name: str, raw: list[dict[str, Any]], training: list[dict[str, Any]]) -> list[str]:
    """What the command has to print of a result, by the official definition."""
    found = official_metrics(raw, json.loads(Path(name).read_text(encoding="utf-8")), training)
    first = f"precision {found.precision:.4f}, recall {found.recall:.4f}, F1 {found.f1:.4f}"
    return [first, f"Ign F1 {found.ign_f1:.4f}"]


def keys(entries: tuple[ResultEntry, ...]) -> set[tuple[str, int, int, str]]:
    return {(entry.title, entry.h_idx, entry.t_idx, entry.r) for entry in entries}


@pytest.mark.usefixtures("own_folder")
def test_a_labelled_file_is_scored_with_the_model(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = write_docred(documents("test"), "test.json")
    training = write_docred([*documents("train"), *documents("test")[:6]], "train.json")
    assert glre(monkeypatch, MODEL, "test.json", "-o", "out/result.json", "--train", "train.json") == 0
    entries = read_result(Path("out/result.json"))
    output = capsys.readouterr()
    assert output.out.splitlines() == [
        f"out/result.json: {len(entries)} relations of {len(raw)} documents",
        *percentages("out/result.json", raw, training),
    ]
    assert float(output.out.split("F1")[1][:7]) > float(output.out.split("F1")[2]), "known facts are left out"
    assert "scoring: 12 of 12 documents" in output.err

    # What evaluate found in the same documents, from hidden states in half precision: only ties may differ.
    table = read_predictions(PREDICTIONS).query("split == 'test'")
    threshold = load_settings(Path(MODEL)).threshold
    place = {(made.id, entity.id): number for made in documents("test") for number, entity in enumerate(made.entities)}
    expected, ties = set(), set()
    for row in table.itertuples():
        key = (row.document_id, place[row.document_id, row.head_id], place[row.document_id, row.tail_id], row.relation)
        if row.predicted:
            expected.add(key)
        if abs(row.score - threshold) < 1e-3:
            ties.add(key)
    assert len(expected) > len(ties)
    assert keys(entries) ^ expected <= ties


@pytest.mark.usefixtures("own_folder")
def test_an_unlabelled_file_has_the_same_result_and_no_figures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_docred(documents("test"), "labelled.json")
    write_docred(documents("test"), "unlabelled.json", labelled=False)
    assert glre(monkeypatch, MODEL, "labelled.json", "-o", "first.json") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Ign F1 needs the facts of training: --train FILE"
    assert glre(monkeypatch, MODEL, "unlabelled.json", "-o", "second.json") == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert Path("first.json").read_bytes() == Path("second.json").read_bytes()


@pytest.mark.usefixtures("own_folder")
@pytest.mark.parametrize("called", ["models/sample/glre", "results/sample/glre"])
def test_a_model_is_found_as_elsewhere(called: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the folder of its seeds, or of its results."""
    write_docred(documents("test")[:2], "test.json")
    assert glre(monkeypatch, called, "test.json", "-o", "found.json") == 0
    assert glre(monkeypatch, MODEL, "test.json", "-o", "named.json") == 0
    assert Path("found.json").read_bytes() == Path("named.json").read_bytes()


@pytest.mark.usefixtures("own_folder")
def test_weights_are_not_read_for_the_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(MODEL, "model.safetensors").unlink()
    assert glre(monkeypatch, MODEL, "--split", "other") == 2
    assert "data/processed/sample/other.parquet: found no such file" in capsys.readouterr().err


@pytest.mark.usefixtures("own_folder")
def test_without_a_file_it_is_what_evaluate_predicted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for split in ("dev", "test"):
        made = [in_docred_form(document) for document in documents(split)]
        write_documents(made, Path(f"data/processed/sample/{split}.parquet"))
    evaluate.run("sample", "glre")
    metrics = json.loads(Path("results/sample/glre/metrics.json").read_text())
    capsys.readouterr()
    training = [raw_form(in_docred_form(document)) for document in documents("train")]
    for arguments, split in (((), "test"), (("--split", "dev"), "dev")):
        assert glre(monkeypatch, MODEL, *arguments) == 0
        raw = [raw_form(document) for document in documents(split)]
        printed = capsys.readouterr().out.splitlines()
        assert printed[1:] == percentages("result.json", raw, training)
        found = official_metrics(raw, json.loads(Path("result.json").read_text(encoding="utf-8")), training)
        figures = [getattr(found, name) for name in ("precision", "recall", "f1", "ign_f1")]
        assert figures == pytest.approx(
            [metrics[split][name] for name in ("precision", "recall", "f1", "ign_f1")], abs=1e-6
        )
        table = read_predictions(PREDICTIONS).query("split == @split and predicted")
        assert len(read_result(Path("result.json"))) == len(table) > 0


@pytest.mark.usefixtures("own_folder")
def test_what_cannot_be_done_is_refused_in_one_line_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_docred(documents("test"), "test.json")
    write_docred(documents("test")[:1] * 2, "twice.json")
    train = [in_docred_form(document) for document in documents("train")]
    write_documents(train, Path("data/processed/sample/train.parquet"))
    cases = {
        (MODEL,): "the entity id ",
        (MODEL, "--split", "train"): f"{PREDICTIONS}: found no predictions of the split train with seed 1",
        (MODEL, "--split", "other"): "data/processed/sample/other.parquet: found no such file",
        (MODEL, "test.json", "--split", "dev"): "--split: found 'dev' beside test.json",
        (MODEL, "none.json"): "none.json: found No such file or directory",
        (MODEL, "twice.json"): "found a second title",
        (MODEL, "test.json", "--train", "none.json"): "none.json: found No such file or directory",
        ("models/other", "test.json"): "models/other: found no such folder; expected a model's folder",
        ("data", "test.json"): "data: found no trained model; expected a model's folder",
    }
    for arguments, message in cases.items():
        assert glre(monkeypatch, *arguments) == 2
        output = capsys.readouterr()
        assert message in output.err.splitlines()[-1]
        assert output.out == ""
        assert not Path("result.json").exists()
