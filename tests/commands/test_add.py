import gzip
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from small_sample import ROOT

from glre.commands import add
from glre.errors import InputError
from glre.grid.derived import derive
from glre.grid.params import read_settings
from glre.stages import download, preprocess

SIZES = {"train": 6, "dev": 3, "test": 2}
SENTENCE = "Zelatrazine relieved hand palsy, and brelodine caused it."
MENTIONS = {"Zelatrazine": ("Drug", "D1"), "hand palsy": ("Condition", "C1"), "brelodine": ("Drug", "D2")}
FACTS = [("D2", "causes", "C1"), ("D1", "treats", "C1")]


def bioc(split: str, facts: list[tuple[str, str, str]], documents: int) -> dict[str, Any]:
    """A collection of documents with the same sentence and facts."""
    annotations = [
        {
            "id": str(number),
            "infons": {"type": type, "identifier": id},
            "locations": [{"offset": SENTENCE.index(text), "length": len(text)}],
            "text": text,
        }
        for number, (text, (type, id)) in enumerate(MENTIONS.items())
    ]
    relations = [
        {"id": f"R{number}", "infons": {"type": relation, "head_id": head, "tail_id": tail}, "nodes": []}
        for number, (head, relation, tail) in enumerate(facts)
    ]
    passage = {"offset": 0, "infons": {}, "text": SENTENCE, "annotations": annotations}
    return {
        "documents": [
            {"id": f"{split}{number}", "infons": {}, "passages": [passage], "relations": relations}
            for number in range(documents)
        ]
    }


@pytest.fixture
def folder(tmp_path: Path, empty_mlflow_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: the repository's settings and pipeline, and a corpus of three files under `data/own`."""
    for name in ("params.yaml", "dvc.yaml", "grid.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copy(empty_mlflow_store, tmp_path / "mlflow.db")
    (tmp_path / "data/own").mkdir(parents=True)
    for split, size in SIZES.items():
        content = bioc(split, FACTS if split == "train" else FACTS[:1], size)
        (tmp_path / f"data/own/{split}.json").write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(*splits: str) -> list[Path]:
    return [Path(f"data/own/{split}.json") for split in splits]


def added(given: list[Path], **of_splits: list[Path]) -> None:
    add.run("own", given, of_splits, None, yes=True)


@pytest.mark.usefixtures("folder")
def test_a_corpus_is_looked_up_shown_written_and_ready_for_dvc(capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("params.yaml").read_text(encoding="utf-8")
    added(files("train", "dev", "test"))
    shown = capsys.readouterr().out
    assert "relations: [causes, treats]" in shown
    assert shown.splitlines()[-1] == "dvc repro evaluate@own-glre"

    after = Path("params.yaml").read_text(encoding="utf-8")
    settings = read_settings()
    own = settings.dataset("own")
    assert own.format == "bioc-json"
    assert own.relations == ("causes", "treats")
    assert [(rule.head, rule.tail) for rule in own.candidates] == [("Drug", "Condition")]
    assert own.splits.keys() == SIZES.keys()
    checksum = hashlib.sha256(Path("data/own/dev.json").read_bytes()).hexdigest()
    assert (own.files["dev.json"].sha256, own.files["dev.json"].path) == (checksum, Path("data/own/dev.json"))
    # Nothing but lines that are new, at the end of the datasets.
    start = after.index("\n  own:\n")
    end = start + len(after) - len(before)
    assert after[:start] + after[end:] == before
    assert list(settings.datasets)[-1] == "own"

    for path, content in derive(settings).items():
        assert path.read_text(encoding="utf-8") == content
    assert "own-glre" in yaml.safe_load(Path("grid.yaml").read_text(encoding="utf-8"))["grid"]["points"]
    download.run("own")
    statistics = preprocess.run("own")
    assert {split: counts.documents for split, counts in statistics.items()} == SIZES
    assert (statistics["train"].facts, statistics["train"].positive_pairs) == (12, 12)


@pytest.mark.usefixtures("folder")
def test_splits_that_names_do_not_tell_packed_files_and_no_test_split(capsys: pytest.CaptureFixture[str]) -> None:
    Path("first.gz").write_bytes(gzip.compress(Path("data/own/train.json").read_bytes()))
    added([], train=[Path("first.gz")], dev=files("dev"))
    assert "There is no test split" in capsys.readouterr().out
    own = read_settings().dataset("own")
    assert own.splits.keys() == {"train", "dev"}
    assert own.files["first"].sha256 == hashlib.sha256(Path("data/own/train.json").read_bytes()).hexdigest()
    download.run("own")
    assert preprocess.run("own").keys() == {"train", "dev"}


@pytest.mark.usefixtures("folder")
def test_what_only_test_has(capsys: pytest.CaptureFixture[str]) -> None:
    facts = [*FACTS[:1], ("D1", "worsens", "C1"), ("C1", "follows", "D1")]
    Path("data/own/test.json").write_text(json.dumps(bioc("test", facts, 2)), encoding="utf-8")
    added(files("train", "dev", "test"))
    own = read_settings().dataset("own")
    assert own.relations == ("causes", "treats", "follows", "worsens")
    assert [(rule.head, rule.tail) for rule in own.candidates] == [("Drug", "Condition")]
    assert "test: 2 facts between entity types that no fact of train and dev has" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_without_a_terminal_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("params.yaml").read_bytes()
    with pytest.raises(InputError, match="no terminal to ask on, so nothing is written; expected --yes"):
        add.run("own", files("train", "dev"), {}, None, yes=False)
    assert "relations: [causes, treats]" in capsys.readouterr().out
    assert Path("params.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("sample", files("train", "dev"), "datasets: found 'sample' already"),
        ("a.b", files("train", "dev"), "NAME: found 'a.b'; expected letters"),
        ("own", [], "files: found none"),
        ("own", files("train"), "corpus 'own': found no dev split"),
        ("own", files("dev"), "corpus 'own': found no train split"),
        ("own", files("train", "absent_dev"), r"absent_dev\.json: found no such file"),
        ("own", files("train", "other"), r"other\.json: found a name that says no split"),
        ("own", files("train_dev"), r"train_dev\.json: found a name that says train and dev"),
        ("own", files("train", "without_facts_dev"), "corpus 'own', dev: found no facts"),
        ("own", files("train", "train", "dev"), r"train\.json: found the name of data/own/train\.json"),
        ("own", [*files("train"), Path("dev.PubTator.txt")], r"dev\.PubTator\.txt: found the format pubtator"),
        ("own", [*files("train"), Path("dev.txt")], r"dev\.txt: found"),
    ],
)
def test_corpora_that_cannot_be(folder: Path, name: str, given: list[Path], message: str) -> None:
    (folder / "data/own/without_facts_dev.json").write_text(json.dumps(bioc("dev", [], 2)), encoding="utf-8")
    shutil.copy(ROOT / "data/sample/dev.PubTator.txt", folder)
    (folder / "dev.txt").write_text("Nothing that is annotated.\n", encoding="utf-8")
    before = {file: (folder / file).read_bytes() for file in ("params.yaml", "dvc.yaml", "grid.yaml")}
    with pytest.raises(InputError, match=message):
        add.run(name, given, {}, None, yes=True)
    assert {file: (folder / file).read_bytes() for file in before} == before


@pytest.mark.usefixtures("folder")
def test_settings_that_would_not_do_are_left_alone() -> None:
    broken = Path("dvc.yaml").read_text(encoding="utf-8").replace("# From here on", "# From there on")
    Path("dvc.yaml").write_text(broken, encoding="utf-8")
    before = Path("params.yaml").read_bytes()
    with pytest.raises(InputError, match=r"dvc\.yaml: found no line that the derived part begins with"):
        added(files("train", "dev"))
    assert Path("params.yaml").read_bytes() == before
    assert not list(Path().glob(".*partial"))
