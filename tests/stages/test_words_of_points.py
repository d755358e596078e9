"""What a point's words are made from is known by train and evaluate alike."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from safetensors.torch import load_file

from glre.documents.table import read_documents
from glre.errors import InputError
from glre.evaluation.predictions import read_predictions
from glre.prediction.predictor import Predictor
from glre.stages import evaluate, train
from glre.systems.trained import load_settings

FEATURES = Path("data/features/sample/minilm")
RESULTS = Path("results/sample/glre")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"layers": [2]}, r"layers \[2\] of sha256:\w+ in float32"),
        ({"encoder": "sha256:0"}, r"layers \[4\] of sha256:0 in float32"),
        ({"precision": "bfloat16"}, r"layers \[4\] of sha256:\w+ in bfloat16"),
    ],
    ids=["another layer", "another encoder", "another precision"],
)
@pytest.mark.parametrize("split", ["dev", "test"])
def test_states_of_the_same_width_that_a_model_was_not_trained_on_are_not_scored(
    own_folder: Path, split: str, changes: dict[str, object], found: str
) -> None:
    before = {path.name: path.read_bytes() for path in RESULTS.iterdir()}
    path = own_folder / FEATURES / f"{split}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    with pytest.raises(InputError, match=rf"^{FEATURES / split}\.npy: found hidden states of {found}; ") as refused:
        evaluate.run("sample", "glre")
    assert refused.value.expected.endswith("run `glre encode` again")
    assert {path.name: path.read_bytes() for path in RESULTS.iterdir()} == before


@pytest.mark.usefixtures("own_folder")
def test_where_all_words_of_train_are_rare_they_share_one_vector() -> None:
    settings = yaml.safe_load(Path("params.yaml").read_text())
    settings["encoders"]["word_vectors"]["minimum_count"] = 10**6
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    train.run("sample", "without_bert")
    model = Path("models/sample/without_bert/seed-1")
    words = load_settings(model).words
    assert (words.vocabulary, words.fine_tuned, words.encoder.kind) == ((), False, "word_vectors")
    assert len(load_file(model / "model.safetensors")["source.vectors.weight"]) == 1
    evaluate.run("sample", "without_bert")
    table = read_predictions(Path("results/sample/without_bert/predictions.parquet")).query("split == 'dev'")
    written = {
        (row.document_id, row.head_id, row.tail_id, row.relation): row.score for row in table.itertuples(index=False)
    }
    documents = read_documents(Path("data/processed/sample/dev.parquet"))
    asked = 0
    for document, scored in zip(documents, Predictor.load(model).scores(documents), strict=True):
        for pair, (score,) in zip(scored.pairs, scored.scores, strict=True):
            key = (document.id, document.entities[pair.head].id, document.entities[pair.tail].id, "CID")
            if key in written:
                asked += 1
                assert written[key] == pytest.approx(float(score), abs=1e-5)
    assert asked == len(written) > 0
    assert np.isfinite(list(written.values())).all()
