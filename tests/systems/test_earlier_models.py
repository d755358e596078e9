"""Folders written when GLRE was the only system are read to the same scores, or refused in a line."""

import json
from pathlib import Path
from typing import Any

import pytest
import tiny_encoders
import torch
from random_documents import ANY, Corpus, large_document
from safetensors.torch import load_file, save_file
from small_models import model_settings
from torch import Tensor

from glre.encoding.transformer.location import encoder_identity
from glre.encoding.transformer.pretrained import load_pretrained
from glre.encoding.word_source import CachedStates, TrainedStates, VectorTable, WordDescription, WordSource
from glre.encoding.words_of_model import words_of_dataset, words_of_model
from glre.errors import InputError
from glre.prediction.options import Options
from glre.prediction.predictor import Predictor
from glre.settings import CandidateRule, PretrainedEncoder, WordVectors
from glre.systems.dev_curve import DevCurve
from glre.systems.trained import ModelSettings, load_model, load_settings, new_scorer, save_model

CORPUS = Corpus((large_document(1, [6, 4], [3, 1, 5]), large_document(2, [9], [1, 2])), ANY)
VECTORS = WordVectors(kind="word_vectors", width=5)


def settings_for(words: WordDescription) -> ModelSettings:
    return ModelSettings(
        dataset="sample",
        experiment="glre",
        seed=3,
        relations=("r", "s"),
        candidates=(CandidateRule(),),
        words=words,
        model=model_settings(lstm=0 if words.fine_tuned else 3),
        threshold=0.37,
        dev_f1=0.5,
        epoch=4,
    )


def source_of(kind: str, folder: Path) -> WordSource:
    """Of each kind that there was."""
    if kind == "word vectors":
        words = {"vocabulary": ("w0.0", "w0.3", "w1.1")}
        return VectorTable(WordDescription(encoder=VECTORS, identity="made", width=5, **words))
    if kind == "vectors of a file":
        words = {"vocabulary": ("w0.0", "w0.3", "w1.1")}
        encoder = WordVectors(kind="word_vectors", path=folder / "vectors.txt", width=5, tuned=True)
        return VectorTable(WordDescription(encoder=encoder, identity="made", width=5, **words))
    if kind == "all words rare":
        return VectorTable(WordDescription(encoder=VECTORS, identity="made", width=5))
    encoder = tiny_encoders.settings(tiny_encoders.bert(folder), layers=(1, -1))
    words = {"encoder": encoder, "identity": encoder_identity(encoder), "width": 8, "layers": (1, 2)}
    if kind == "fine-tuned":
        pretrained = load_pretrained(encoder)
        description = WordDescription(**words, fine_tuned=True)
        return TrainedStates(description, pretrained, lambda: pretrained)
    return CachedStates(WordDescription(**words), folder)


def written_earlier(settings: ModelSettings, weights: dict[str, Tensor], source: WordSource, folder: Path) -> None:
    """What was written then: one kind of model and of words, side by side, and no curve."""
    folder.mkdir(parents=True)
    source.save(folder)
    content = settings.model_dump(mode="json", exclude={"relation_names", "words", "model"})
    words = settings.words.model_dump(mode="json")
    content |= {name: words[name] for name in ("encoder", "width", "vocabulary", "fine_tuned")}
    # Vectors of a file were trained with the model, and nothing said so.
    content["encoder"].pop("tuned", None)
    content |= {"encoder_identity": words["identity"]}
    content |= {"model": settings.model.model_dump(mode="json", exclude={"system"})}
    (folder / "settings.json").write_text(json.dumps(content, indent=2) + "\n")
    parts = {"source.": "encoding.source.", "network.": ""}
    renamed = {}
    for name, weight in weights.items():
        (part,) = [part for part in parts if name.startswith(part)]
        renamed[parts[part] + name.removeprefix(part)] = weight.contiguous()
    save_file(renamed, folder / "model.safetensors")


KINDS = ("frozen", "fine-tuned", "word vectors", "vectors of a file", "all words rare")


@pytest.mark.parametrize("kind", KINDS)
def test_they_score_as_one_of_today_does(tmp_path: Path, kind: str) -> None:
    source = source_of(kind, tmp_path / "bert")
    settings = settings_for(source.description)
    torch.manual_seed(1)
    scorer = new_scorer(settings.model, source, 2)
    save_model(
        scorer.state_dict(), settings, DevCurve(thresholds=(), precision=(), recall=()), source, tmp_path / "now"
    )
    written_earlier(settings, scorer.state_dict(), source, tmp_path / "earlier")
    found = load_settings(tmp_path / "earlier")
    # Layers below 0 stand as they were asked for: the encoder alone knew which they are.
    layers = (1, -1) if source.description.layers else ()
    assert found == settings.model_copy(update={"words": settings.words.model_copy(update={"layers": layers})})
    now, earlier = (Predictor.load(tmp_path / name).scores(CORPUS.documents) for name in ("now", "earlier"))
    for one, other in zip(now, earlier, strict=True):
        assert len(one.pairs) > 1
        assert one.pairs == other.pairs
        assert (one.scores == other.scores).all()


def test_its_words_are_of_the_same_kind(tmp_path: Path) -> None:
    kinds = {}
    for kind in KINDS:
        source = source_of(kind, tmp_path / kind / "bert")
        settings = settings_for(source.description)
        weights = new_scorer(settings.model, source, 2).state_dict()
        folder = tmp_path / kind / "model"
        written_earlier(settings, weights, source, folder)
        words = load_settings(folder).words
        kinds[kind] = words_of_dataset(words, folder, tmp_path / "features")
        assert load_model(folder, load_settings(folder), words_of_model(words, folder)).scorer
    assert [type(source) for source in kinds.values()] == [CachedStates, TrainedStates, *[VectorTable] * 3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = source_of("word vectors", tmp_path)
    settings = settings_for(source.description)
    written_earlier(settings, new_scorer(settings.model, source, 2).state_dict(), source, tmp_path / "model")
    return tmp_path / "model"


def test_without_a_curve_a_precision_cannot_be_wished_for(folder: Path) -> None:
    assert Predictor.load(folder, Options(threshold=0.2)).choice.threshold == 0.2
    assert Predictor.load(folder).choice.threshold == 0.37
    with pytest.raises(InputError) as refused:
        Predictor.load(folder, Options(min_precision=0.8))
    assert str(refused.value) == (
        f"{folder / 'dev_curve.json'}: found no such file; "
        "expected that of a model as `glre train` writes it now: train it anew"
    )


def changed(folder: Path, **changes: Any) -> None:
    content = json.loads((folder / "settings.json").read_text()) | changes
    kept = {name: value for name, value in content.items() if value is not None}
    (folder / "settings.json").write_text(json.dumps(kept))


@pytest.mark.parametrize(
    "changes",
    [
        {"encoder": None},
        {"encoder": "minilm"},
        {"encoder": {"kind": "pretrained"}},
        {"encoder": PretrainedEncoder(kind="pretrained", name="x", layers=(1,)).model_dump() | {"layers": 3}},
        {"width": None},
        {"model": None},
        {"model": 3},
        {"model": {"hidden": 8}},
        {"colour": "red"},
    ],
    ids=str,
)
def test_a_damaged_one_is_refused_in_a_line(folder: Path, changes: dict[str, Any]) -> None:
    changed(folder, **changes)
    with pytest.raises(InputError) as refused:
        load_settings(folder)
    assert refused.value.place == str(folder)
    assert "\n" not in str(refused.value)


def test_weights_that_are_not_all_there(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    del weights["encoding.source.vectors.weight"]
    save_file(weights, folder / "model.safetensors")
    settings = load_settings(folder)
    with pytest.raises(InputError, match="weights of another shape"):
        load_model(folder, settings, words_of_model(settings.words, folder))
