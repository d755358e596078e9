from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from glre.errors import InputError
from glre.grid import params as module
from glre.grid.experiment import merged as merged_settings
from glre.grid.params import read_settings
from glre.settings import Training
from glre.systems.glre.settings import GLRESettings

ROOT = Path(__file__).parents[2]
WORD_VECTORS = {"encoder": "word_vectors"}
CONTENT: dict[str, Any] = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))


def content(**changes: Any) -> dict[str, Any]:
    """A small params.yaml of one dataset."""
    return {
        "launch": "env",
        "datasets": {
            "own": {
                "description": "made",
                "format": "pubtator",
                "files": {"a.txt": {"sha256": "0" * 64, "path": "a.txt"}},
                "splits": {"train": [{"file": "a.txt"}]},
                "relations": ["r"],
                "candidates": [{}],
                "settings": {"training": {"epochs": 7, "patience": 4}},
            }
        },
        "encoders": CONTENT["encoders"],
        "defaults": CONTENT["defaults"],
        "experiments": experiments(wide={"model": {"hidden": 512}, "training": {"epochs": 9}}),
    } | changes


def experiments(**settings: dict[str, Any]) -> dict[str, Any]:
    """The entries of `plain` and of those that are given, each on every dataset."""
    return {name: {"datasets": "all", "settings": own} for name, own in {"plain": {}, **settings}.items()}


def read(tmp_path: Path, made: Any) -> module.Settings:
    path = tmp_path / "params.yaml"
    path.write_text(yaml.safe_dump(made), encoding="utf-8")
    return read_settings(path)


def test_the_repository_has_settings_for_every_point_of_its_grid() -> None:
    settings = read_settings(ROOT / "params.yaml")
    assert {"sample", "sample_docred", "cdr", "cdr_train_dev", "docred", "redocred_1k"} <= settings.datasets.keys()
    assert {f"{dataset}-glre" for dataset in settings.datasets} == {
        name for name, point in settings.grid.points.items() if point.experiment == "glre"
    }
    for dataset in ("sample", "cdr", "docred"):
        points = {
            point.experiment: settings.experiment(dataset, point.experiment)
            for point in settings.grid.points.values()
            if point.dataset == dataset
        }
        full = points["glre"].model
        assert full.use_global
        assert full.use_local
        assert full.use_context
        for part in ("global", "local", "context"):
            ablated = points[f"without_{part}"].model
            # The ablation is what its name says and nothing else.
            assert ablated == full.model_copy(update={f"use_{part}": False})
        without_bert = points["without_bert"]
        assert without_bert.model == full.model_copy(update={"lstm": 256})
        assert settings.encoder(without_bert.encoder).kind == "word_vectors"
        assert without_bert.fine_tuning is None
    assert settings.experiment("cdr", "without_bert").model == settings.experiment("cdr", "glre").model


def test_overrides_follow_one_another(tmp_path: Path) -> None:
    settings = read(tmp_path, content())
    plain, wide = settings.experiment("own", "plain"), settings.experiment("own", "wide")
    assert (plain.training.epochs, plain.training.patience, plain.model.hidden) == (7, 4, 256)
    assert (wide.training.epochs, wide.training.patience, wide.model.hidden) == (9, 4, 512)
    assert wide.training.learning_rate == CONTENT["defaults"]["training"]["learning_rate"]


def test_overrides_of_the_same_system_merge_and_of_another_replace() -> None:
    base = {"model": {"system": "one", "width": 3, "parts": {"a": 1}}, "training": {"epochs": 2}}
    more = merged_settings(base, {"model": {"parts": {"b": 2}}})
    assert more == base | {"model": {"system": "one", "width": 3, "parts": {"a": 1, "b": 2}}}
    assert merged_settings(base, {"model": {"system": "one", "width": 4}})["model"] == base["model"] | {"width": 4}
    other = {"system": "other", "depth": 5}
    assert merged_settings(base, {"model": other}) == base | {"model": other}


WRONG_SETTINGS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown system": (
        {"model": {"system": "graphs"}},
        r"experiment 'wide' on dataset 'own', model\.system: found 'graphs'; expected .*\bglre\b",
    ),
    "no system's name": (
        {"model": {"system": ["glre"]}},
        r"model\.system: found \['glre'\]; expected .*\bglre\b",
    ),
    "another system's keys": (
        {"model": {"colour": 3}},
        r"dataset 'own', model\.colour: found an unknown key; expected only keys that glre has",
    ),
    "a key called as the system": (
        {"model": {"glre": 3}},
        r"dataset 'own', model\.glre: found an unknown key; expected only keys that glre has",
    ),
    "a value": ({"model": {"hidden": 0}}, r"dataset 'own', model\.hidden: found 0; expected greater than 0"),
    "a value in a list": (
        {"model": {"classifier_hidden": [8, 0]}},
        r"dataset 'own', model\.classifier_hidden\.1: found 0",
    ),
    "values that do not fit": ({"model": {"hidden": 30}}, r"dataset 'own', model: found .*multiple of heads \(4\)"),
    "a key of no system": ({"colour": 3}, r"dataset 'own', colour: found .* expected only keys that glre/settings has"),
}


@pytest.mark.parametrize("wrong", WRONG_SETTINGS)
def test_wrong_settings_of_a_system_are_named_by_their_keys(tmp_path: Path, wrong: str) -> None:
    settings, message = WRONG_SETTINGS[wrong]
    with pytest.raises(InputError, match=message) as refused:
        read(tmp_path, content(experiments=experiments(wide=settings))).experiment("own", "wide")
    assert "\n" not in str(refused.value)


def test_a_system_has_to_be_named_and_all_of_its_keys_given(tmp_path: Path) -> None:
    made = yaml.safe_load(yaml.safe_dump(content()))
    del made["defaults"]["model"]["hidden"]
    with pytest.raises(InputError, match=r"dataset 'own', model\.hidden: found no such key; expected a value"):
        read(tmp_path, made | {"experiments": experiments()}).experiment("own", "plain")
    del made["defaults"]["model"]["system"]
    with pytest.raises(InputError, match=r"dataset 'own', model\.system: found no such key; expected a value"):
        read(tmp_path, made | {"experiments": experiments()}).experiment("own", "plain")


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        ({"kind": "word_vector"}, r"params\.yaml, encoders\.own\.kind: found 'word_vector'; expected .*word_vectors"),
        ({"kind": "word_vectors", "width": 0}, r"params\.yaml, encoders\.own\.width: found 0"),
        ({"kind": "word_vectors", "layers": [1]}, r"params\.yaml, encoders\.own\.layers: found an unknown key"),
        ({"kind": "pretrained", "name": "x"}, r"params\.yaml, encoders\.own\.layers: found no such key"),
        ({"name": "x"}, r"params\.yaml, encoders\.own\.kind: found no such key"),
        (
            {"kind": "pretrained", "name": "x", "layers": [0, 1], "context": False},
            r"encoders\.own: found a mapping; expected without context only layer 0 can be read",
        ),
        (
            {"kind": "word_vectors", "package": "x", "path": "x.txt"},
            r"encoders\.own: found a mapping; expected give either package or path",
        ),
        (
            {"kind": "word_vectors", "tuned": True},
            r"encoders\.own: found a mapping; expected only vectors of a package or a path can be tuned",
        ),
    ],
)
def test_encoders_that_cannot_be(tmp_path: Path, encoder: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, content(encoders=CONTENT["encoders"] | {"own": encoder}))


trees = st.recursive(
    st.dictionaries(st.sampled_from("abc"), st.integers(), min_size=1),
    lambda below: st.dictionaries(st.sampled_from("abc"), below | st.integers(), min_size=1, max_size=3),
    max_leaves=8,
)


def leaves(tree: dict[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in tree.items():
        found |= leaves(value, f"{above}{key}.") if isinstance(value, dict) else {f"{above}{key}": value}
    return found


@given(trees, trees)
def test_merging_keeps_what_is_not_overridden(base: dict[str, Any], overrides: dict[str, Any]) -> None:
    before = repr(base), repr(overrides)
    merged = leaves(merged_settings(base, overrides))
    assert leaves(overrides).items() <= merged.items()
    for key, value in leaves(base).items():
        overridden = any(
            other == key or other.startswith(f"{key}.") or key.startswith(f"{other}.") for other in leaves(overrides)
        )
        assert overridden or merged.get(key) == value
    assert (repr(base), repr(overrides)) == before


def sections(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every mapping of params.yaml whose keys are fixed, by a name that says where it is."""
    own = made["datasets"]["own"]
    return {
        "the whole": made,
        "dataset": own,
        "file": own["files"]["a.txt"],
        "split": own["splits"],
        "part": own["splits"]["train"][0],
        "candidates": own["candidates"][0],
        "encoder": made["encoders"]["minilm"],
        "word vectors": made["encoders"]["word_vectors"],
        "defaults": made["defaults"],
        "model": made["defaults"]["model"],
        "training": made["defaults"]["training"],
        "experiment": made["experiments"]["wide"],
        "an experiment's settings": made["experiments"]["wide"]["settings"],
        "an experiment's model": made["experiments"]["wide"]["settings"]["model"],
        "a dataset's settings": own["settings"],
    }


@pytest.mark.parametrize("place", sections(content()))
def test_unknown_keys_are_refused_everywhere(tmp_path: Path, place: str) -> None:
    made = yaml.safe_load(yaml.safe_dump(content()))
    sections(made)[place]["colour"] = 3
    with pytest.raises(InputError, match=r"params\.yaml.*colour"):
        read(tmp_path, made)


def test_tables_and_reports_name_points(tmp_path: Path) -> None:
    settings = read(
        tmp_path, content(tables={"table4": ["own-wide"]}, reports={"own": {"title": "Own", "points": ["own-plain"]}})
    )
    assert settings.table("table4") == ("own-wide",)
    assert settings.report("own").points == ("own-plain",)
    with pytest.raises(InputError, match=r"params\.yaml, tables: found 'table9'; expected one of table4"):
        settings.table("table9")
    with pytest.raises(InputError, match=r"params\.yaml, reports: found 'other'; expected one of own"):
        settings.report("other")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"tables": {"table4": ["own-x"]}},
            r"tables\.table4: found 'own-x'; expected points: experiments",
        ),
        ({"reports": {"own": {"title": "Own", "points": ["x"]}}}, r"reports\.own\.points: found 'x'"),
        ({"reports": {"own": {"title": "Own", "points": []}}}, r"reports\.own\.points"),
    ],
)
def test_tables_and_reports_of_other_points_are_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, content(**changes))


def test_an_experiment_is_a_point_with_each_dataset_it_runs_on(tmp_path: Path) -> None:
    made = content(experiments=experiments(tuned={"fine_tuning": {"learning_rate": 1e-5}}, vectors=WORD_VECTORS))
    made["datasets"]["other"] = made["datasets"]["own"] | {"settings": {"encoder": "minilm_last"}}
    made["experiments"]["vectors"]["datasets"] = ["other"]
    grid = read(tmp_path, made).grid
    assert {name: (point.encoder, point.inputs) for name, point in grid.points.items()} == {
        "own-plain": ("minilm", "data/features/own/minilm"),
        "own-tuned": ("minilm", "data/processed/own"),
        "other-plain": ("minilm_last", "data/features/other/minilm_last"),
        "other-tuned": ("minilm_last", "data/processed/other"),
        "other-vectors": ("word_vectors", "data/processed/other"),
    }
    assert grid.features.keys() == {"own-minilm", "other-minilm_last"}
    assert {point.system for point in grid.points.values()} == {"glre"}


def test_experiments_on_datasets_that_are_not_there(tmp_path: Path) -> None:
    made = content()
    made["experiments"]["wide"]["datasets"] = ["own", "other"]
    with pytest.raises(InputError, match=r"experiments\.wide\.datasets: found 'other'; expected all, or some of own"):
        read(tmp_path, made)


def test_two_points_of_one_name(tmp_path: Path) -> None:
    made = content(experiments=experiments(**{"a": {}, "b-a": {}}))
    made["datasets"]["own-b"] = made["datasets"]["own"]
    with pytest.raises(InputError, match="experiments: found two points called own-b-a; expected names"):
        read(tmp_path, made)


def test_word_vectors_are_not_fine_tuned(tmp_path: Path) -> None:
    wrong = {"encoder": "word_vectors", "fine_tuning": {"learning_rate": 1e-5}}
    with pytest.raises(InputError, match=r"'wide' on dataset 'own', fine_tuning: found word vectors \(word_vectors\)"):
        read(tmp_path, content(experiments=experiments(wide=wrong)))
    made = content(experiments=experiments(wide=wrong | {"encoder": "minilm"}))
    made["encoders"] = made["encoders"] | {
        "minilm": {"kind": "pretrained", "name": "x", "layers": [0], "context": False}
    }
    with pytest.raises(InputError, match=r"fine_tuning: found word vectors \(minilm\)"):
        read(tmp_path, made)


def test_an_experiment_with_an_unknown_encoder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="encoders: found 'other'"):
        read(tmp_path, content(experiments=experiments(wide={"encoder": "other"})))


def test_an_experiment_whose_override_is_wrong_is_named(tmp_path: Path) -> None:
    made = content(experiments=experiments(wide={"training": {"epochs": 0}}))
    with pytest.raises(InputError, match=r"experiment 'wide' on dataset 'own', training\.epochs: found 0"):
        read(tmp_path, made)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hidden": 30}, r"hidden \(30\) must be a multiple of heads \(4\)"),
        ({"use_global": False, "use_local": False}, "cannot both be off"),
        ({"encoder_dropout": 1.0}, "less than 1"),
        ({"rgcn_layers": 0}, "greater than 0"),
        ({"classifier_hidden": [0]}, "greater than 0"),
    ],
)
def test_models_that_cannot_be(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        GLRESettings.model_validate(CONTENT["defaults"]["model"] | changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seeds": []}, "at least 1 item"),
        ({"seeds": [1, 2, 1]}, "the same seed twice"),
        ({"learning_rate": 0}, "greater than 0"),
        ({"patience": 0}, "greater than 0"),
    ],
)
def test_training_that_cannot_be(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Training.model_validate(CONTENT["defaults"]["training"] | changes)


def test_seeds_for_every_experiment_take_the_place_of_its_own(tmp_path: Path) -> None:
    own = read(tmp_path, content()).experiment("own", "wide")
    found = read(tmp_path, content(seeds=[8, 9])).experiment("own", "wide")
    assert found.training.seeds == (8, 9)
    assert found.training.model_copy(update={"seeds": own.training.seeds}) == own.training
    with pytest.raises(InputError, match=r"seeds: found .*the same seed twice"):
        read(tmp_path, content(seeds=[8, 8]))


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "a b", "-d"])
def test_names_stay_within_their_folder(tmp_path: Path, name: str) -> None:
    made = content(experiments=experiments(**{name: {}}))
    with pytest.raises(InputError, match=r"params\.yaml, experiments"):
        read(tmp_path, made)


@pytest.mark.parametrize("source", [{}, {"package": "p", "name": "n"}])
def test_an_encoder_has_one_source(tmp_path: Path, source: dict[str, str]) -> None:
    made = content()
    made["encoders"] = made["encoders"] | {"minilm": {"kind": "pretrained", "layers": [4]} | source}
    with pytest.raises(InputError, match="give either package or name"):
        read(tmp_path, made)


def test_settings_do_not_change(tmp_path: Path) -> None:
    settings = read(tmp_path, content())
    with pytest.raises(ValidationError, match="frozen"):
        settings.launch = "other"  # type: ignore[misc]


def test_dvc_reads_the_same_file_as_we_do() -> None:
    """YAML 1.1 and 1.2 differ, for one in `1e-4`, which 1.1 takes for a text."""
    from dvc.utils.serialize import load_yaml

    assert load_yaml(str(ROOT / "params.yaml")) == CONTENT


def test_settings_of_another_system_replace_those_below() -> None:
    base = {"model": {"system": "glre", "hidden": 4, "heads": 2}, "encoder": "minilm"}
    other = {"model": {"system": "another", "width": 3}}
    assert merged_settings(base, other) == {"model": other["model"], "encoder": "minilm"}
    same = {"model": {"system": "glre", "hidden": 8}}
    assert merged_settings(base, same)["model"] == {"system": "glre", "hidden": 8, "heads": 2}
    assert merged_settings(base, {"model": {"heads": 1}})["model"] == {"system": "glre", "hidden": 4, "heads": 1}
