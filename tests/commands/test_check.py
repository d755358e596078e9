from pathlib import Path

import pytest
import yaml

from glre.commands import check
from glre.commands.check import readiness
from glre.errors import InputError
from glre.grid.params import read_settings


def of(name: str) -> check.Readiness:
    settings = read_settings()
    return readiness(name, settings.grid.points[name], settings)


@pytest.mark.usefixtures("finished")
def test_what_has_been_run_is_here() -> None:
    found = of("sample-glre")
    assert found == check.Readiness("sample-glre", "minilm, frozen", "here", "here", "here", "1 of 1 seed", "here")
    other = of("sample-without_local")
    assert (other.features, other.models, other.results) == ("here", "0 of 1 seed", "missing")
    vectors = of("sample-without_bert")
    assert (vectors.encoder, vectors.weights) == ("word_vectors", "learned with the model")
    assert vectors.features == "not needed"


def test_what_is_missing_is_named(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(own_folder / "cache"))
    settings = yaml.safe_load(Path("params.yaml").read_text())
    settings["encoders"]["minilm"] = {"kind": "pretrained", "name": "nobody/no-such-model", "layers": [4]}
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    Path("data/raw/sample/dev.PubTator.txt").unlink()
    found = of("sample-glre")
    assert found.weights == "to be fetched: nobody/no-such-model"
    assert found.corpus == "1 of 3 files missing"
    settings["encoders"]["minilm"] = {"kind": "pretrained", "package": "no_such_package", "layers": [4]}
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    assert of("sample-glre").weights == "missing: the package 'no_such_package', which is not installed"


@pytest.mark.usefixtures("finished")
def test_the_table_has_a_line_for_each_point(capsys: pytest.CaptureFixture[str]) -> None:
    check.run("sample", None)
    lines = capsys.readouterr().out.splitlines()
    names = read_settings().grid.points
    assert all(any(f" {name} " in line for line in lines) for name in names)
    check.run(None, "without_local")
    assert "sample-without_local" in capsys.readouterr().out


@pytest.mark.usefixtures("finished")
def test_a_point_that_is_not_there() -> None:
    with pytest.raises(InputError, match="none of that dataset and experiment"):
        check.run("other", None)


def test_every_point_of_the_repository_resolves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    settings = read_settings()
    assert len(settings.grid.points) > 25
    for name, point in settings.grid.points.items():
        assert readiness(name, point, settings).name == name
