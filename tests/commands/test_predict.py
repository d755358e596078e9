"""`glre predict` from the command line to its files."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from glre.cli import app
from glre.counted import counted
from glre.documents.document import Sentence
from glre.documents.table import read_documents, write_documents
from glre.errors import InputError
from glre.evaluation.predictions import read_predictions

KEY = ["document_id", "head_id", "tail_id", "relation"]
MODEL = "models/sample/glre"
TEST = "data/processed/sample/test.parquet"
GOOD = (
    "7|t|Velorin and rash\n7|a|Velorin caused a rash.\n7\t0\t7\tVelorin\tChemical\tD1\n7\t12\t16\trash\tDisease\tD2\n"
)
BAD = "8|t|Velorin again\n8|a|Nothing.\n8\t0\t7\tvelarin\tChemical\tD1\n"


@pytest.fixture
def predict() -> Callable[..., Result]:
    def run(*arguments: str, given: str | bytes | None = None) -> Result:
        return CliRunner().invoke(app, ["predict", *arguments], input=given, catch_exceptions=True)

    return run


def evaluated(threshold: float) -> pd.DataFrame:
    written = read_predictions(Path("results/sample/glre/predictions.parquet"))
    return written[(written["split"] == "test") & (written["score"] >= threshold)].set_index(KEY)["score"].sort_index()


@pytest.mark.usefixtures("finished")
@pytest.mark.parametrize("source", [TEST, "data/sample/test.PubTator.txt"])
def test_relations_are_those_that_evaluate_wrote(source: str, predict: Callable[..., Result], tmp_path: Path) -> None:
    output = tmp_path / "relations.parquet"
    assert predict(MODEL, source, "-o", str(output), "--precision", "float32").exit_code == 0
    settings = json.loads(Path(f"{MODEL}/seed-1/settings.json").read_text())
    expected = evaluated(settings["threshold"])
    ids = {document.id for document in read_documents(Path(TEST))}
    found = pd.read_parquet(output)
    found = found[found["document_id"].isin(ids)].set_index(KEY)["score"].sort_index()
    assert len(expected) > 10
    assert list(found.index) == list(expected.index)
    # The PubTator file has more documents than the split: other company moves half precision states by their last bit.
    assert (found - expected).abs().max() < (1e-5 if source == TEST else 1e-3)


@pytest.mark.usefixtures("finished")
def test_formats_of_the_output_say_the_same(predict: Callable[..., Result], tmp_path: Path) -> None:
    keys = {}
    for name in ("a.jsonl", "a.csv", "a.parquet"):
        assert predict(MODEL, TEST, "-o", str(tmp_path / name), "--threshold", "0.3", "--top", "2").exit_code == 0
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [line["document_id"] for line in lines] == [document.id for document in read_documents(Path(TEST))]
    keys["jsonl"] = [
        (line["document_id"], own["head"]["id"], own["tail"]["id"], own["relation"])
        for line in lines
        for own in line["relations"]
    ]
    assert max(len(line["relations"]) for line in lines) == 2
    keys["csv"] = list(pd.read_csv(tmp_path / "a.csv", dtype=str)[KEY].itertuples(index=False, name=None))
    keys["parquet"] = list(pd.read_parquet(tmp_path / "a.parquet")[KEY].itertuples(index=False, name=None))
    assert keys["jsonl"] == keys["csv"] == keys["parquet"]


@pytest.mark.usefixtures("finished")
def test_a_document_that_cannot_be_used_is_set_aside(predict: Callable[..., Result], tmp_path: Path) -> None:
    source, output = tmp_path / "mine.txt", tmp_path / "relations.jsonl"
    source.write_text(f"{BAD}\n{GOOD}")
    found = predict(MODEL, str(source), "-o", str(output))
    assert found.exit_code == 0
    assert "set aside: " in found.stderr
    assert "line 3, document '8': found the mention 'velarin'" in found.stderr
    assert "1 document, 1 pair" in found.stderr
    assert [json.loads(line)["document_id"] for line in output.read_text().splitlines()] == ["7"]
    (reason,) = [json.loads(line) for line in (tmp_path / "relations.jsonl.set_aside.jsonl").read_text().splitlines()]
    assert reason["document_id"] == "8"


@pytest.mark.usefixtures("finished")
def test_a_strict_run_ends_with_the_first_one_and_leaves_nothing(
    predict: Callable[..., Result], tmp_path: Path
) -> None:
    source = tmp_path / "mine.txt"
    source.write_text(f"{GOOD}\n{BAD}")
    found = predict(MODEL, str(source), "-o", str(tmp_path / "out.csv"), "--strict")
    assert isinstance(found.exception, InputError)
    assert "document '8'" in str(found.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.usefixtures("finished")
def test_nothing_usable_is_an_error(predict: Callable[..., Result], tmp_path: Path) -> None:
    source = tmp_path / "mine.txt"
    source.write_text(f"{BAD}\n{BAD.replace('8', '9')}")
    found = predict(MODEL, str(source), "-o", str(tmp_path / "out.csv"))
    assert isinstance(found.exception, InputError)
    assert "and 1 other, none of which can be used" in str(found.exception)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.usefixtures("finished")
def test_of_several_files_one_that_is_no_document_is_set_aside(predict: Callable[..., Result], tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "a.txt").write_text(GOOD)
    (folder / "b.txt").write_bytes(b"\x00\x01\x02 nothing")
    found = predict(MODEL, str(folder), "--to", "jsonl")
    assert found.exit_code == 0
    assert "b.txt: found" in found.stderr
    assert [json.loads(line)["document_id"] for line in found.stdout.splitlines()] == ["7"]
    alone = predict(MODEL, str(folder / "b.txt"), "--to", "jsonl")
    assert isinstance(alone.exception, InputError)


@pytest.mark.usefixtures("finished")
def test_documents_of_two_files_with_the_same_id_are_told_apart(predict: Callable[..., Result], tmp_path: Path) -> None:
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    for path, title in ((first, "Velorin and rash"), (second, "Velorin but rash")):
        path.write_text(GOOD.replace("Velorin and rash", title))
    output = tmp_path / "relations.jsonl"
    found = predict(MODEL, str(first), str(second), "-o", str(output))
    assert found.exit_code == 0
    lines = [json.loads(line) for line in output.read_text().splitlines()]
    assert [(line["document_id"], line["title"]) for line in lines] == [
        ("7", "Velorin and rash"),
        ("7 (2)", "Velorin but rash"),
    ]
    assert f"1  {second}, document '7': {first} has one too; this one is '7 (2)' in the output" in found.stderr
    strict = predict(MODEL, str(first), str(second), "-o", str(output), "--strict")
    assert str(strict.exception).startswith(f"{second}, document '7': found the id of a document of {first}")


@pytest.mark.usefixtures("finished")
def test_a_document_that_is_too_large_is_set_aside(predict: Callable[..., Result], tmp_path: Path) -> None:
    first, second = read_documents(Path(TEST))[:2]
    words = tuple(Sentence(sentence.words) for sentence in first.sentences)
    large = replace(first, text=None, sentences=words * (60_000 // first.words), facts=(), excluded=())
    write_documents([large, second], tmp_path / "mine.parquet")
    found = predict(MODEL, str(tmp_path / "mine.parquet"), "--to", "jsonl")
    assert found.exit_code == 0
    assert "words; expected at most 50,000" in found.stderr
    assert [json.loads(line)["document_id"] for line in found.stdout.splitlines()] == [second.id]


@pytest.mark.usefixtures("finished")
@pytest.mark.parametrize(
    ("types", "arguments", "pairs"),
    [
        (("CHEMICAL", "disease"), (), 1),
        (("ChemicalEntity", "DiseaseOrPhenotypicFeature"), (), 0),
        (
            ("ChemicalEntity", "DiseaseOrPhenotypicFeature"),
            ("--types", "chemicalentity=Chemical,DiseaseOrPhenotypicFeature=disease"),
            1,
        ),
    ],
)
def test_types_by_other_names(
    types: tuple[str, str], arguments: tuple[str, ...], pairs: int, predict: Callable[..., Result], tmp_path: Path
) -> None:
    text = GOOD.replace("\tChemical\t", f"\t{types[0]}\t").replace("\tDisease\t", f"\t{types[1]}\t")
    (tmp_path / "a.txt").write_text(text)
    found = predict(MODEL, str(tmp_path / "a.txt"), "--to", "pubtator", *arguments)
    assert f"1 document, {counted(pairs, 'pair')}" in found.stderr
    assert ("no document has a pair: the model relates Chemical with Disease" in found.stderr) == (not pairs)
    assert f"\t{types[0]}\tD1\n" in found.stdout


@pytest.mark.usefixtures("finished")
def test_a_table_shows_names_and_sentences(predict: Callable[..., Result]) -> None:
    found = predict(MODEL, TEST, "--to", "table", "--threshold", "0.2")
    assert found.exit_code == 0
    assert "sentences" in found.stdout
    assert "\x1b" not in found.stdout


@pytest.mark.usefixtures("finished")
def test_the_precision_that_is_wished_for_is_had_on_dev(predict: Callable[..., Result], tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    low = predict(MODEL, "data/processed/sample/dev.parquet", "-o", str(output), "--min-precision", "0.3")
    assert low.exit_code == 0
    assert "on dev precision 0." in low.stderr
    rows = [own for line in output.read_text().splitlines() for own in json.loads(line)["relations"]]
    written = read_predictions(Path("results/sample/glre/predictions.parquet"))
    dev = written[(written["split"] == "dev") & (written["score"] >= rows[0]["threshold"]) & ~written["excluded"]]
    assert dev["gold"].mean() >= 0.3


@pytest.mark.usefixtures("finished")
def test_standard_input_to_standard_output() -> None:
    command = [sys.executable, "-c", "from glre.cli import main; main()", "predict", MODEL, "-"]
    ended = subprocess.run(command, input=GOOD.encode(), capture_output=True, check=False)
    assert ended.returncode == 0
    assert pd.read_json(io.BytesIO(ended.stdout), lines=True)["document_id"].tolist() == [7]


@pytest.mark.usefixtures("finished")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((MODEL, "nowhere.txt"), "nowhere.txt: found no such file or folder"),
        (("nowhere", TEST), "nowhere: found no such folder; expected a model's folder"),
        ((MODEL, TEST, "-o", "out.docx"), "out.docx: found a file name that tells no format"),
        ((MODEL, TEST, "--threshold", "1.5"), "--threshold: found 1.5"),
        (
            (MODEL, TEST, "--types", "A=Gene"),
            "--types: found the type 'Gene'; expected one of the model: Chemical, Dis",
        ),
        ((MODEL, TEST, "--types", "Gene"), "--types: found 'Gene'; expected a type of the inputs and one of the model"),
        ((MODEL, TEST, "-o", "data"), "found an input inside the output folder"),
        ((MODEL, TEST, "--workers", "2"), "--output: found none; expected a folder"),
    ],
)
def test_what_cannot_be_done(arguments: tuple[str, ...], message: str, predict: Callable[..., Result]) -> None:
    found = predict(*arguments)
    assert isinstance(found.exception, InputError)
    assert message in str(found.exception)


@pytest.mark.usefixtures("finished")
def test_into_a_folder_each_input_has_a_file(predict: Callable[..., Result], tmp_path: Path) -> None:
    for number, documents in enumerate((read_documents(Path(TEST))[:3], read_documents(Path(TEST))[3:5])):
        (tmp_path / "shards").mkdir(exist_ok=True)
        write_documents(documents, tmp_path / f"shards/{number}.parquet")
    arguments = (MODEL, str(tmp_path / "shards"), "-o", f"{tmp_path}/out/", "--to", "jsonl", "--threshold", "0.2")
    assert predict(*arguments).exit_code == 0
    ids = [
        [json.loads(line)["document_id"] for line in (tmp_path / f"out/{number}.jsonl").read_text().splitlines()]
        for number in (0, 1)
    ]
    assert [document.id for document in read_documents(Path(TEST))[:5]] == [*ids[0], *ids[1]]
    again = predict(*arguments)
    assert "2 of 2 shards complete already" in again.stderr
    other = predict(*arguments[:-1], "0.3")
    assert isinstance(other.exception, InputError)
    assert "threshold 0.2, not 0.3" in str(other.exception)
