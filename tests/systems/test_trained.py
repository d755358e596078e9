import json
from pathlib import Path
from typing import Any

import pytest
import torch
from random_documents import ANY, Corpus, large_document
from safetensors.torch import load_file, save_file
from small_models import model_settings

from glre.encoding.word_source import CachedStates, VectorTable, WordDescription, WordSource
from glre.errors import InputError
from glre.settings import Arithmetic, CandidateRule, Encoder, PretrainedEncoder, WordVectors
from glre.systems.dev_curve import DevCurve, read_curve
from glre.systems.network import Scorer
from glre.systems.trained import ModelSettings, TrainedModel, load_model, load_settings, new_scorer, save_model

WIDTH = 5
CORPUS = Corpus((large_document(1, [6, 4], [3, 1, 5]), large_document(2, [9], [1, 2])), ANY)
STATES = PretrainedEncoder(kind="pretrained", name="somewhere", layers=(3, -1))
VECTORS = WordVectors(kind="word_vectors", width=WIDTH)
CURVE = DevCurve(thresholds=(0.9, 0.4), precision=(1.0, 0.5), recall=(0.25, 0.75))


def settings_for(encoder: Encoder, **changes: Any) -> ModelSettings:
    plain = {
        "dataset": "sample",
        "experiment": "glre",
        "seed": 3,
        "relations": ("r", "s"),
        "candidates": (CandidateRule(head="a", tail=None),),
        "relation_names": {"r": "is related to"},
        "words": {
            "encoder": encoder,
            "identity": "sha256:0",
            "width": WIDTH,
            "layers": (3, 6) if encoder.kind == "pretrained" else (),
            "vocabulary": ("asthma", "drug", "é") if encoder.kind == "word_vectors" else (),
        },
        "model": model_settings(),
        "threshold": 0.37,
        "dev_f1": 0.5,
        "epoch": 4,
    }
    return ModelSettings.model_validate(plain | changes)


def source_of(words: WordDescription) -> WordSource:
    return VectorTable(words) if words.encoder.kind == "word_vectors" else CachedStates(words, Path("nowhere"))


def scorer_for(settings: ModelSettings) -> Scorer:
    torch.manual_seed(1)
    return new_scorer(settings.model, source_of(settings.words), 2).eval()


def saved(settings: ModelSettings, folder: Path, weights: dict[str, torch.Tensor] | None = None) -> None:
    own = scorer_for(settings).state_dict() if weights is None else weights
    save_model(own, settings, CURVE, source_of(settings.words), folder)


def loaded(folder: Path, precision: Arithmetic | None = None) -> TrainedModel:
    settings = load_settings(folder)
    return load_model(folder, settings, source_of(settings.words), precision)


def inputs_for(settings: ModelSettings) -> torch.Tensor:
    if settings.words.encoder.kind == "word_vectors":
        return torch.randint(len(settings.words.vocabulary) + 1, (CORPUS.words,))
    return torch.randn(CORPUS.words, len(settings.words.layers), WIDTH)


@pytest.mark.parametrize("encoder", [STATES, VECTORS], ids=["states", "word vectors"])
@pytest.mark.parametrize("switches", [{}, {"use_local": False}, {"use_global": False, "use_context": False}])
def test_round_trip_gives_the_same_settings_and_logits(tmp_path: Path, encoder: Encoder, switches: dict) -> None:
    settings = settings_for(encoder, model=model_settings(**switches))
    model, inputs = scorer_for(settings), inputs_for(settings)
    saved(settings, tmp_path / "model")
    found = loaded(tmp_path / "model")
    assert found.settings == settings
    assert not found.scorer.training
    assert torch.equal(found.scorer(inputs, CORPUS.graph), model(inputs, CORPUS.graph))
    assert read_curve(tmp_path / "model" / "dev_curve.json") == CURVE
    assert sorted(file.name for file in (tmp_path / "model").iterdir()) == [
        "dev_curve.json",
        "model.safetensors",
        "settings.json",
    ]


def test_its_relations_are_named_in_words_as_far_as_they_have_some(tmp_path: Path) -> None:
    saved(settings_for(VECTORS), tmp_path / "model")
    found = load_settings(tmp_path / "model")
    assert [found.name(relation) for relation in found.relations] == ["is related to", "s"]


def test_weights_that_are_views_are_saved_as_they_are(tmp_path: Path) -> None:
    settings = settings_for(STATES)
    model = scorer_for(settings)
    weights = {
        name: value.t().contiguous().t() if value.dim() == 2 else value for name, value in model.state_dict().items()
    }
    saved(settings, tmp_path / "model", weights)
    inputs = inputs_for(settings)
    assert torch.equal(loaded(tmp_path / "model").scorer(inputs, CORPUS.graph), model(inputs, CORPUS.graph))


def test_saving_replaces_a_model_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    settings = settings_for(STATES)
    saved(settings, folder)
    (folder / "more.txt").write_text("of an earlier version")
    twice = torch.zeros(2)
    with pytest.raises(RuntimeError, match="share memory"):
        saved(settings_for(STATES, epoch=5), folder, {"one": twice, "other": twice})
    assert load_settings(folder).epoch == 4
    saved(settings_for(STATES, epoch=6), folder)
    assert load_settings(folder).epoch == 6
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert not (folder / "more.txt").exists()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved(settings_for(STATES), tmp_path / "model")
    return tmp_path / "model"


def changed_settings(folder: Path, **changes: Any) -> None:
    content = json.loads((folder / "settings.json").read_text())
    (folder / "settings.json").write_text(json.dumps({k: v for k, v in (content | changes).items() if v is not None}))


def changed_words(folder: Path, **changes: Any) -> None:
    content = json.loads((folder / "settings.json").read_text())
    changed_settings(folder, words=content["words"] | changes)


def changed_weights(folder: Path, **changes: torch.Tensor | None) -> None:
    weights = load_file(folder / "model.safetensors") | changes
    save_file({name: value for name, value in weights.items() if value is not None}, folder / "model.safetensors")


DAMAGES = {
    "no settings": lambda folder: (folder / "settings.json").unlink(),
    "no weights": lambda folder: (folder / "model.safetensors").unlink(),
    "empty settings": lambda folder: (folder / "settings.json").write_text(""),
    "settings that are no JSON": lambda folder: (folder / "settings.json").write_text("{"),
    "settings that are not UTF-8": lambda folder: (folder / "settings.json").write_bytes(b'{"dataset": "\xff"}'),
    "settings of something else": lambda folder: (folder / "settings.json").write_text("[1, 2]"),
    "an unknown key": lambda folder: changed_settings(folder, colour="red"),
    "a missing key": lambda folder: changed_settings(folder, threshold=None),
    "a value of the wrong type": lambda folder: changed_words(folder, width="wide"),
    "another width": lambda folder: changed_words(folder, width=WIDTH + 1),
    "a system that there isn't": lambda folder: changed_settings(folder, model={"system": "another"}),
    "no system at all": lambda folder: changed_settings(folder, model={}),
    "settings of words that are none": lambda folder: changed_settings(folder, words="many"),
    "more relations": lambda folder: changed_settings(folder, relations=["r", "s", "t"]),
    "empty weights": lambda folder: (folder / "model.safetensors").write_bytes(b""),
    "weights cut short": lambda folder: (folder / "model.safetensors").write_bytes(
        (folder / "model.safetensors").read_bytes()[:-100]
    ),
    "weights that are none": lambda folder: (folder / "model.safetensors").write_bytes(b"x" * 1000),
    "one weight missing": lambda folder: changed_weights(folder, **{"network.nodes.mention_type": None}),
    "one weight too many": lambda folder: changed_weights(folder, more=torch.zeros(1)),
    "one weight of another shape": lambda folder: changed_weights(
        folder, **{"network.nodes.mention_type": torch.zeros(9)}
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_refused(folder: Path, damage: str) -> None:
    DAMAGES[damage](folder)
    with pytest.raises(InputError) as refused:
        loaded(folder)
    assert str(folder) in refused.value.place
    assert "\n" not in str(refused.value)


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        loaded(tmp_path / "model")


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("")
    with pytest.raises(InputError, match="model"):
        loaded(tmp_path / "model")


def test_given_bfloat16_the_bilstm_computes_in_it(tmp_path: Path) -> None:
    settings = settings_for(VECTORS)
    saved(settings, tmp_path / "seed-1")
    inputs = inputs_for(settings)
    exact, rough = (loaded(tmp_path / "seed-1", precision).scorer for precision in ("float32", "bfloat16"))
    assert {parameter.dtype for parameter in rough.network.encoding.bilstm.parameters()} == {torch.bfloat16}
    others = {parameter.dtype for name, parameter in rough.named_parameters() if "bilstm" not in name}
    assert others == {torch.float32}
    found, expected = rough(inputs, CORPUS.graph), exact(inputs, CORPUS.graph)
    assert not torch.equal(found, expected)
    torch.testing.assert_close(found, expected, rtol=0.05, atol=0.05)
