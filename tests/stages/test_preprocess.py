import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from glre.documents import ExcludedPair, Fact, read_documents
from glre.errors import InputError
from glre.stages import download, preprocess

ROOT = Path(__file__).parents[2]
CORPUS = """\
{id}|t|Zelatrazine and palsy.
{id}|a|Hand or foot palsy followed zelatrazine. Tavolomide did not help.
{id}\t0\t11\tZelatrazine\tChemical\tC1
{id}\t16\t21\tpalsy\tDisease\tD1
{id}\t23\t41\tHand or foot palsy\tDisease\tD2|D3\tHand palsy|foot palsy
{id}\t64\t74\tTavolomide\tChemical\tC2
{id}\tCID\tC1\tD2

"""
MESH = "Tree Number\tDesc Ui\tTerm\nC10\tD1\tPalsy\nC10.100\tD2\tHand palsy\nC10.200\tD3\tFoot palsy\n"


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data/raw/own"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("".join(CORPUS.format(id=n) for n in range(4)), encoding="utf-8")
    (folder / "mesh.txt").write_text(MESH, encoding="utf-8")
    write_settings({"train": [{"file": "a.txt", "stop": 3}], "dev": [{"file": "a.txt", "start": 3}]})
    return folder


def write_settings(splits: dict[str, list[dict[str, Any]]]) -> None:
    settings = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    settings["grid"]["datasets"] = ["own"]
    settings["datasets"] = {
        "own": {
            "description": "Four small documents",
            "format": "pubtator",
            "files": {name: {"sha256": "0" * 64, "path": name} for name in ("a.txt", "mesh.txt")},
            "splits": splits,
            "relations": ["CID"],
            "candidates": [{"head": "Chemical", "tail": "Disease"}],
            "hypernyms": "mesh.txt",
        }
    }
    Path("params.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")


@pytest.mark.usefixtures("raw")
def test_tables_and_statistics() -> None:
    returned = preprocess.run("own")
    folder = Path("data/processed/own")
    assert {path.name for path in folder.iterdir()} == {"train.parquet", "dev.parquet", "statistics.json"}
    assert [document.id for document in read_documents(folder / "train.parquet")] == ["0", "1", "2"]
    (document,) = read_documents(folder / "dev.parquet")
    assert document.facts == (Fact("C1", "D2", "CID"),)
    assert document.excluded == (ExcludedPair("C1", "D1", "hypernym"),)
    written = json.loads((folder / "statistics.json").read_text(encoding="utf-8"))
    assert written["dev"] == {
        "documents": 1,
        "sentences": 3,
        "words": 16,
        "entities": 5,
        "mentions": 5,
        "positive_pairs": 1,
        "negative_pairs": 4,
        "excluded_pairs": 1,
        "facts": 1,
    }
    assert written["train"]["facts"] == returned["train"].facts == 3


@pytest.mark.usefixtures("raw")
def test_the_folder_is_replaced_as_a_whole_and_the_same_each_time() -> None:
    preprocess.run("own")
    folder = Path("data/processed/own")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "old.parquet").write_bytes(b"old")
    preprocess.run("own")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_refused_input_leaves_the_folder_as_it_was(raw: Path) -> None:
    preprocess.run("own")
    before = {path: path.read_bytes() for path in Path("data/processed").rglob("*.*")}
    (raw / "a.txt").write_text("nothing", encoding="utf-8")
    with pytest.raises(InputError):
        preprocess.run("own")
    assert {path: path.read_bytes() for path in Path("data/processed").rglob("*.*")} == before


@pytest.mark.usefixtures("raw")
def test_a_document_in_two_splits() -> None:
    write_settings({"train": [{"file": "a.txt"}], "test": [{"file": "a.txt", "start": 2, "stop": 3}]})
    with pytest.raises(InputError, match="document '2': found a document of split test that is in split train already"):
        preprocess.run("own")


def test_before_download(raw: Path) -> None:
    (raw / "a.txt").unlink()
    with pytest.raises(InputError, match=r"a\.txt: found No such file .* as `glre download` leaves it"):
        preprocess.run("own")


@pytest.mark.skipif("GLRE_MIRROR" not in os.environ, reason="needs the real corpus: set GLRE_MIRROR to a mirror of it")
def test_the_real_cdr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLRE_MIRROR", str(Path(os.environ["GLRE_MIRROR"]).absolute()))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
    download.run("cdr")
    statistics = preprocess.run("cdr")
    assert {split: (own.positive_pairs, own.negative_pairs, own.facts) for split, own in statistics.items()} == {
        "train": (1038, 4202, 1038),
        "dev": (1012, 4075, 1012),
        "test": (1066, 4138, 1066),
    }
    for split, own in statistics.items():
        documents = read_documents(tmp_path / f"data/processed/cdr/{split}.parquet")
        assert len(documents) == own.documents == 500
        for document in documents:
            excluded = {(pair.head, pair.tail) for pair in document.excluded}
            assert not excluded & {(fact.head, fact.tail) for fact in document.facts}
            for entity in document.entities:
                for mention in entity.mentions:
                    sentence = document.sentences[mention.sentence]
                    start, end = sentence.starts[mention.start], sentence.ends[mention.end - 1]
                    assert document.text is not None
                    assert document.text[start:end] == mention.text
