from pathlib import Path
from typing import Any

import pytest
import yaml
from dvc.repo import Repo
from small_sample import ROOT

from glre.commands import grid
from glre.errors import InputError
from glre.grid.derived import derive, report_stage
from glre.grid.params import read_settings
from glre.source_code import files_behind

SETTINGS = read_settings(ROOT / "params.yaml")


@pytest.fixture(scope="module")
def dependencies() -> dict[str, list[str]]:
    """What DVC has each stage depend on, by the stage's name."""
    with Repo(str(ROOT)) as repo:
        return {
            stage.addressing: [dep.def_path for dep in stage.deps if dep.def_path != "params.yaml"]
            for stage in repo.index.stages
        }


def test_the_committed_files_are_up_to_date() -> None:
    for path, content in derive(SETTINGS, ROOT).items():
        assert (ROOT / path).read_text(encoding="utf-8") == content, f"{path} is behind: run `glre grid`"


@pytest.mark.parametrize("stage", ["download", "preprocess", "encode", "train", "evaluate", "report"])
def test_stages_depend_on_the_code_that_they_run_and_on_no_other(
    stage: str, dependencies: dict[str, list[str]]
) -> None:
    checked = set()
    for name, found in dependencies.items():
        if name.partition("@")[0].partition("_")[0] != stage:
            continue
        point = SETTINGS.grid.points.get(name.partition("@")[2])
        systems = [point.system if stage in ("train", "evaluate") and point else None]
        if stage == "report":
            points = next(report.points for key, report in SETTINGS.reports.items() if report_stage(key) == name)
            systems = [SETTINGS.grid.points[each].system for each in points]
        run = {f"glre/{file.as_posix()}" for system in systems for file in files_behind(stage, system)}
        places = [place for place in found if place.startswith("glre/")]
        covers = {place: {file for file in run if f"{file}/".startswith(f"{place}/")} for place in places}
        assert run - set().union(*covers.values()) == set(), f"{name} runs this and doesn't depend on it"
        assert [place for place, covered in covers.items() if not covered] == [], f"{name} depends on this without need"
        checked.add(name)
    assert checked


def test_reports_depend_on_what_they_are_made_from(dependencies: dict[str, list[str]]) -> None:
    for name, report in SETTINGS.reports.items():
        points = [SETTINGS.grid.points[point] for point in report.points]
        data = {f"data/processed/{point.dataset}" for point in points}
        data |= {f"{kind}/{point.dataset}/{point.experiment}" for point in points for kind in ("models", "results")}
        found = dependencies[report_stage(name)]
        assert {each for each in found if not each.startswith("glre/")} == data


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The current folder: one with the repository's settings and its pipeline; the content of params.yaml."""
    for name in ("params.yaml", "dvc.yaml", "grid.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return yaml.safe_load((tmp_path / "params.yaml").read_text(encoding="utf-8"))


def test_one_entry_adds_an_experiment_and_a_report(
    repository: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    grid.run()
    assert capsys.readouterr().out.endswith(" reports: up to date\n")
    repository["experiments"]["wide"] = {"datasets": ["cdr"], "settings": {"model": {"hidden": 512}}}
    repository["reports"]["wide"] = {"title": "Wide", "points": ["cdr-wide", "cdr-glre"]}
    Path("params.yaml").write_text(yaml.safe_dump(repository, sort_keys=False), encoding="utf-8")
    before = Path("dvc.yaml").read_text(encoding="utf-8")
    grid.run()
    assert capsys.readouterr().out.splitlines()[:2] == ["grid.yaml: written", "dvc.yaml: written"]
    points = yaml.safe_load(Path("grid.yaml").read_text(encoding="utf-8"))["grid"]["points"]
    assert points["cdr-wide"] == {
        "dataset": "cdr",
        "experiment": "wide",
        "system": "glre",
        "encoder": "minilm",
        "inputs": "data/features/cdr/minilm",
    }
    after = Path("dvc.yaml").read_text(encoding="utf-8")
    assert after.startswith(before)
    assert "results/cdr/wide" in yaml.safe_load(after)["stages"]["report_wide"]["deps"]


@pytest.mark.usefixtures("repository")
def test_a_pipeline_that_was_changed_beyond_recognition_is_left_alone() -> None:
    Path("dvc.yaml").write_text("stages: {}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"dvc\.yaml: found no line that the derived part begins with"):
        grid.run()
    assert Path("dvc.yaml").read_text(encoding="utf-8") == "stages: {}\n"
