import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from glre.documents.document import ExcludedPair, Fact
from glre.documents.table import read_documents
from glre.errors import InputError
from glre.formats.corpus_file import corpus_format
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
FILES = ("a.txt", "b.txt", "mesh.txt", "train.json", "test.json")
MESH = "Tree Number\tDesc Ui\tTerm\nC10\tD1\tPalsy\nC10.100\tD2\tHand palsy\nC10.200\tD3\tFoot palsy\n"


@pytest.fixture
def raw(tmp_path: Path, empty_mlflow_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(empty_mlflow_store, tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data/raw/own"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("".join(CORPUS.format(id=n) for n in range(4)), encoding="utf-8")
    (folder / "mesh.txt").write_text(MESH, encoding="utf-8")
    write_settings({"train": [{"file": "a.txt", "stop": 3}], "dev": [{"file": "a.txt", "start": 3}]})
    return folder


ARTICLE = {
    "title": "Talan Krelvik",
    "sents": [["Talan", "Krelvik", "was", "born", "in", "Skelstead", "."]],
    "vertexSet": [
        [
            {"name": "Talan Krelvik", "sent_id": 0, "pos": [0, 2], "type": "PER"},
            {"name": "Talan Krelvik", "sent_id": 0, "pos": [0, 2], "type": "ORG"},
        ],
        [{"name": "Skelstead", "sent_id": 0, "pos": [5, 6], "type": "LOC"}],
    ],
    "labels": [{"h": 0, "t": 1, "r": "S1", "evidence": []}],
}


def write_settings(splits: dict[str, list[dict[str, Any]]], **changes: Any) -> None:
    settings = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    settings |= {"experiments": {}, "tables": {}, "reports": {}}
    settings["datasets"] = {
        "own": {
            "description": "Four small documents",
            "format": "pubtator",
            "files": {name: {"sha256": "0" * 64, "path": name} for name in FILES},
            "splits": splits,
            "relations": ["CID"],
            "candidates": [{"head": "Chemical", "tail": "Disease"}],
            "hypernyms": "mesh.txt",
            **changes,
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


def test_articles_and_what_was_mended_in_them(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unlabelled = {key: value for key, value in ARTICLE.items() if key != "labels"}
    articles = [ARTICLE, ARTICLE | {"title": "Skelstead"}, ARTICLE]
    (raw / "train.json").write_text(json.dumps(articles), encoding="utf-8")
    (raw / "test.json").write_text(json.dumps([unlabelled | {"title": "Skelstead"}]), encoding="utf-8")
    splits = {"train": [{"file": "train.json"}], "test": [{"file": "test.json"}]}
    write_settings(splits, format="docred", relations=["S1"], candidates=[{}], hypernyms=None)
    statistics = preprocess.run("own")
    folder = Path("data/processed/own")
    train, test = (read_documents(folder / f"{split}.parquet") for split in ("train", "test"))
    assert [document.id for document in train] == ["Talan Krelvik", "Talan Krelvik (2)"]
    assert [document.facts for document in train] == [(Fact("0", "1", "S1"),)] * 2
    assert [(document.id, document.facts) for document in test] == [("Skelstead", ())]
    assert (statistics["train"].positive_pairs, statistics["train"].negative_pairs) == (2, 2)
    assert statistics["test"].negative_pairs == 2
    assert passed_over(folder) == {
        "repeated mentions": 4,
        "entities of several types": 4,
        "repeated titles": 1,
        "facts without evidence": 3,
        "documents in another file of the dataset": 1,
    }
    printed = capsys.readouterr().out
    assert "repeated mentions                             4  data/raw/own/test.json, document 0 'Skelstead'" in printed
    assert "document 2 'Talan Krelvik': it is 'Talan Krelvik (2)' here" in printed


def passed_over(folder: Path) -> dict[str, int]:
    read = json.loads((folder / "passed_over.json").read_text(encoding="utf-8"))
    return {own["kind"]: own["count"] for own in read}


def test_abstracts_that_two_files_share_are_counted(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (raw / "b.txt").write_text("".join(CORPUS.format(id=n) for n in (3, 7)), encoding="utf-8")
    write_settings({"train": [{"file": "a.txt"}], "dev": [{"file": "b.txt"}]})
    preprocess.run("own")
    folder = Path("data/processed/own")
    assert [document.id for document in read_documents(folder / "train.parquet")] == ["0", "1", "2"]
    assert passed_over(folder) == {"documents in another file of the dataset": 1}
    assert capsys.readouterr().out.splitlines()[1:] == [
        "documents in another file of the dataset      1  data/raw/own/a.txt"
    ]


@pytest.mark.parametrize(
    ("name", "entities", "facts", "told"),
    [
        ("ids_in_training.pubtator", 8, 2, {"mentions without an identifier": 3}),
        ("other_type_names.pubtator", 4, 2, {}),
        ("plus_between_ids.pubtator", 3, 0, {}),
        ("title_trailing_blank.pubtator", 2, 0, {"documents whose offsets are of another layout": 1}),
        ("cr_line_ends.pubtator", 2, 0, {}),
        ("nul_early.pubtator", 4, 0, {}),
        ("no_id_outside_text.pubtator", 2, 0, {"mentions without an identifier that don't fit the text": 1}),
        ("bioc_two_braces.json", 0, 0, {}),
        ("bioc_id_key_cui.json", 2, 0, {}),
        ("bioc_escaped_offset.json", 2, 0, {"documents whose offsets are of another layout": 1}),
        ("bioc_no_location.json", 2, 0, {"annotations without a location": 1}),
        ("docred_labels_null.json", 3, 0, {}),
        ("docred_title_twice.json", 9, 6, {"repeated titles": 2}),
    ],
)
def test_files_from_the_field(
    name: str, entities: int, facts: int, told: dict[str, int], raw: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(ROOT / "tests/formats/field" / name, raw / "a.txt")
    write_settings(
        {"train": [{"file": "a.txt"}]},
        format=corpus_format(raw / "a.txt").value,
        relations=["CID", "Association", "Positive_Correlation", "S1", "S2"],
        candidates=[{}],
        hypernyms=None,
    )
    statistics = preprocess.run("own")["train"]
    folder = Path("data/processed/own")
    assert (statistics.entities, statistics.facts) == (entities, facts)
    counts = {kind.partition(":")[0]: count for kind, count in passed_over(folder).items()} if told else {}
    assert counts == told
    assert (folder / "passed_over.json").exists() == bool(told)
    assert all(kind in capsys.readouterr().out for kind in list(told)[:1])


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


@pytest.mark.skipif("GLRE_MIRROR" not in os.environ, reason="needs the real corpus: set GLRE_MIRROR to a mirror of it")
def test_the_real_redocred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLRE_MIRROR", str(Path(os.environ["GLRE_MIRROR"]).absolute()))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
    download.run("redocred_1k")
    statistics = preprocess.run("redocred_1k")
    assert {split: (own.documents, own.facts) for split, own in statistics.items()} == {
        "train": (400, 13957),
        "dev": (100, 3327),
        "test": (500, 17448),
    }
    assert statistics["train"].facts + statistics["dev"].facts == 17284
