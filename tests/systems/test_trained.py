import json
from pathlib import Path
from typing import Any

import pytest
import torch
from random_documents import ANY, Corpus, large_document
from safetensors.torch import load_file, save_file
from small_models import model_settings
from torch import nn

from glre.errors import InputError
from glre.settings import CandidateRule, Encoder, PretrainedEncoder, WordVectors
from glre.systems.glre.glre import GLRE
from glre.systems.trained import ModelSettings, build_model, load_model, save_model

WIDTH = 5
CORPUS = Corpus((large_document(1, [6, 4], [3, 1, 5]), large_document(2, [9], [1, 2])), ANY)
STATES = PretrainedEncoder(kind="pretrained", name="somewhere", layers=(3, -1))
VECTORS = WordVectors(kind="word_vectors", width=WIDTH)


def settings_for(encoder: Encoder, **changes: Any) -> ModelSettings:
    plain = {
        "dataset": "sample",
        "experiment": "glre",
        "seed": 3,
        "relations": ("r", "s"),
        "candidates": (CandidateRule(head="a", tail=None),),
        "encoder": encoder,
        "encoder_identity": "sha256:0",
        "width": WIDTH,
        "vocabulary": ("asthma", "drug", "é") if encoder.kind == "word_vectors" else (),
        "model": model_settings(),
        "threshold": 0.37,
        "dev_f1": 0.5,
        "epoch": 4,
    }
    return ModelSettings.model_validate(plain | changes)


def model_for(settings: ModelSettings) -> GLRE:
    torch.manual_seed(1)
    return build_model(settings.model, settings.encoder, settings.width, len(settings.vocabulary), 2).eval()


def inputs_for(settings: ModelSettings) -> torch.Tensor:
    if settings.encoder.kind == "word_vectors":
        return torch.randint(len(settings.vocabulary) + 1, (CORPUS.words,))
    return torch.randn(CORPUS.words, len(settings.encoder.layers), WIDTH)


@pytest.mark.parametrize("encoder", [STATES, VECTORS], ids=["states", "word vectors"])
@pytest.mark.parametrize("switches", [{}, {"use_local": False}, {"use_global": False, "use_context": False}])
def test_round_trip_gives_the_same_settings_and_logits(tmp_path: Path, encoder: Encoder, switches: dict) -> None:
    settings = settings_for(encoder, model=model_settings(**switches))
    model, inputs = model_for(settings), inputs_for(settings)
    save_model(model.state_dict(), settings, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    assert loaded.settings == settings
    assert not loaded.glre.training
    assert torch.equal(loaded.glre(inputs, CORPUS.graph), model(inputs, CORPUS.graph))
    assert sorted(file.name for file in (tmp_path / "model").iterdir()) == ["model.safetensors", "settings.json"]


def test_weights_that_are_views_are_saved_as_they_are(tmp_path: Path) -> None:
    settings = settings_for(STATES)
    model = model_for(settings)
    weights = {
        name: value.t().contiguous().t() if value.dim() == 2 else value for name, value in model.state_dict().items()
    }
    save_model(weights, settings, tmp_path / "model")
    inputs = inputs_for(settings)
    assert torch.equal(load_model(tmp_path / "model").glre(inputs, CORPUS.graph), model(inputs, CORPUS.graph))


def test_saving_replaces_a_model_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    settings = settings_for(STATES)
    save_model(model_for(settings).state_dict(), settings, folder)
    (folder / "more.txt").write_text("of an earlier version")
    twice = torch.zeros(2)
    with pytest.raises(RuntimeError, match="share memory"):
        save_model({"one": twice, "other": twice}, settings_for(STATES, epoch=5), folder)
    assert load_model(folder).settings.epoch == 4
    save_model(model_for(settings).state_dict(), settings_for(STATES, epoch=6), folder)
    assert load_model(folder).settings.epoch == 6
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert not (folder / "more.txt").exists()


def test_given_vectors_are_what_the_words_start_from() -> None:
    given = torch.randn(3, WIDTH)
    model = build_model(model_settings(), VECTORS, WIDTH, 3, 2, given)
    assert isinstance(model.encoding.source.vectors, nn.Embedding)
    assert torch.equal(model.encoding.source.vectors.weight[1:], given)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    settings = settings_for(STATES)
    save_model(model_for(settings).state_dict(), settings, tmp_path / "model")
    return tmp_path / "model"


def changed_settings(folder: Path, **changes: Any) -> None:
    content = json.loads((folder / "settings.json").read_text())
    (folder / "settings.json").write_text(json.dumps({k: v for k, v in (content | changes).items() if v is not None}))


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
    "a value of the wrong type": lambda folder: changed_settings(folder, width="wide"),
    "another width": lambda folder: changed_settings(folder, width=WIDTH + 1),
    "more relations": lambda folder: changed_settings(folder, relations=["r", "s", "t"]),
    "empty weights": lambda folder: (folder / "model.safetensors").write_bytes(b""),
    "weights cut short": lambda folder: (folder / "model.safetensors").write_bytes(
        (folder / "model.safetensors").read_bytes()[:-100]
    ),
    "weights that are none": lambda folder: (folder / "model.safetensors").write_bytes(b"x" * 1000),
    "one weight missing": lambda folder: changed_weights(folder, **{"nodes.mention_type": None}),
    "one weight too many": lambda folder: changed_weights(folder, more=torch.zeros(1)),
    "one weight of another shape": lambda folder: changed_weights(folder, **{"nodes.mention_type": torch.zeros(9)}),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_refused(folder: Path, damage: str) -> None:
    DAMAGES[damage](folder)
    with pytest.raises(InputError) as refused:
        load_model(folder)
    assert str(folder) in refused.value.place
    assert "\n" not in str(refused.value)


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_model(tmp_path / "model")


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("")
    with pytest.raises(InputError, match="model"):
        load_model(tmp_path / "model")


def test_given_bfloat16_the_bilstm_computes_in_it(tmp_path: Path) -> None:
    settings = settings_for(VECTORS)
    model = model_for(settings)
    save_model(model.state_dict(), settings, tmp_path / "seed-1")
    inputs = inputs_for(settings)
    exact, rough = (load_model(tmp_path / "seed-1", precision).glre for precision in ("float32", "bfloat16"))
    assert {parameter.dtype for parameter in rough.encoding.bilstm.parameters()} == {torch.bfloat16}
    others = {parameter.dtype for name, parameter in rough.named_parameters() if "bilstm" not in name}
    assert others == {torch.float32}
    found, expected = rough(inputs, CORPUS.graph), exact(inputs, CORPUS.graph)
    assert not torch.equal(found, expected)
    torch.testing.assert_close(found, expected, rtol=0.05, atol=0.05)
