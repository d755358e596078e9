"""params.yaml as a whole, read once and checked.

A run of the science is a point (dataset, experiment): an experiment on each dataset that it runs on. Its settings are
`defaults`, overridden by the dataset's `settings`, overridden by the experiment's; `Settings.experiment` resolves them.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, Field, ValidationError

from glre.errors import InputError, expectation
from glre.grid.experiment import Experiment, ListedExperiment, merged
from glre.grid.points import Grid, TrainingPoint, grid_of
from glre.grid.reports import Report
from glre.settings import Dataset, Encoder, Name, PretrainedEncoder, Section, Seeds, WordVectors

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
_CHOOSERS = ("system", "kind")
"""Keys whose value says which other keys a section has."""


class Settings(Section):
    """All of params.yaml."""

    tables: dict[Name, tuple[Name, ...]] = Field(default_factory=dict)
    """The points that are GLRE's rows in a table of the paper, by the table's name."""
    reports: dict[Name, Report] = Field(default_factory=dict)
    launch: str = ""
    """What dvc.yaml puts before the command of a stage that computes."""
    launch_training: str = ""
    """What it puts before the command of a stage that trains."""
    seeds: Seeds | None = None
    """Of every experiment, in the place of its `training.seeds`; None leaves each its own."""
    datasets: dict[Name, Dataset]
    encoders: dict[Name, Encoder]
    defaults: dict[str, Any]
    experiments: dict[Name, ListedExperiment]

    @cached_property
    def grid(self) -> Grid:
        """Every experiment on every dataset that it runs on; InputError where one's settings can't be."""
        points = []
        for dataset in self.datasets:
            for experiment, listed in self.experiments.items():
                if listed.runs_on(dataset):
                    resolved = self.experiment(dataset, experiment)
                    reads_features = self.reads_features(resolved)
                    points.append(
                        TrainingPoint(dataset, experiment, resolved.model.system, resolved.encoder, reads_features)
                    )
        try:
            return grid_of(points)
        except ValueError as error:
            raise InputError("params.yaml, experiments", str(error), "names that tell points apart") from None

    def dataset(self, name: str) -> Dataset:
        """The dataset called `name`; InputError where params.yaml has none."""
        return _look_up(self.datasets, name, "datasets")

    def encoder(self, name: str) -> PretrainedEncoder | WordVectors:
        """The encoder called `name`; InputError where params.yaml has none."""
        return _look_up(self.encoders, name, "encoders")

    def experiment(self, dataset: str, experiment: str) -> Experiment:
        """The settings of `experiment` on `dataset`; InputError where a name or an override is unknown."""
        content = merged(self.defaults, self.dataset(dataset).settings)
        content = merged(content, _look_up(self.experiments, experiment, "experiments").settings)
        if self.seeds is not None:
            content = merged(content, {"training": {"seeds": self.seeds}})
        resolved = _validated(Experiment, content, f"params.yaml, experiment {experiment!r} on dataset {dataset!r}")
        encoder = self.encoder(resolved.encoder)
        if resolved.fine_tuning and not (isinstance(encoder, PretrainedEncoder) and encoder.context):
            place = f"params.yaml, experiment {experiment!r} on dataset {dataset!r}, fine_tuning"
            raise InputError(place, f"word vectors ({resolved.encoder})", "a pretrained encoder to fine-tune, or null")
        return resolved

    def table(self, name: str) -> tuple[str, ...]:
        """The points of the table called `name`; InputError where params.yaml has none."""
        return _look_up(self.tables, name, "tables")

    def report(self, name: str) -> Report:
        """The page called `name`; InputError where params.yaml has none."""
        return _look_up(self.reports, name, "reports")

    def reads_features(self, experiment: Experiment) -> bool:
        """Whether the experiment reads hidden states of a frozen encoder that `glre encode` has written."""
        return experiment.fine_tuning is None and isinstance(self.encoder(experiment.encoder), PretrainedEncoder)


def read_settings(path: Path = Path("params.yaml")) -> Settings:
    """Read and check params.yaml, every point of the grid included; InputError says what is wrong and where."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except FileNotFoundError:
        raise InputError(str(path), "no such file", "the settings; run from the repository's root") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"invalid YAML ({' '.join(str(error).split())})", "a YAML mapping") from None
    settings = _validated(Settings, content, str(path))
    for experiment, listed in settings.experiments.items():
        if unknown := set(() if listed.datasets == "all" else listed.datasets) - settings.datasets.keys():
            place = f"{path}, experiments.{experiment}.datasets"
            raise InputError(place, repr(min(unknown)), f"all, or some of {', '.join(settings.datasets)}")
    known = settings.grid.points
    named = {f"tables.{name}": points for name, points in settings.tables.items()}
    named |= {f"reports.{name}.points": report.points for name, report in settings.reports.items()}
    for key, points in named.items():
        for name in points:
            if name not in known:
                raise InputError(f"{path}, {key}", repr(name), "points: experiments on datasets that they run on")
    return settings


def _validated(kind: type[M], content: Any, place: str) -> M:
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        keys, choice = _without_choices(first["loc"], content)
        key = ".".join(keys) or "the whole file"
        if first["type"] == "missing":
            raise InputError(f"{place}, {key}", "no such key", "a value") from None
        if first["type"] == "extra_forbidden":
            known = "glre/settings" if choice is None else choice
            raise InputError(f"{place}, {key}", "an unknown key", f"only keys that {known} has") from None
        if first["type"] in {"union_tag_invalid", "union_tag_not_found"}:
            chooser = first["ctx"]["discriminator"].strip("'")
            found = repr(first["input"][chooser])[:200] if chooser in first["input"] else "no such key"
            expected = first["ctx"].get("expected_tags", "a value").replace("'", "")
            raise InputError(f"{place}, {key}.{chooser}", found, expected) from None
        found = "a mapping" if isinstance(first["input"], dict) else repr(first["input"])[:200]
        raise InputError(f"{place}, {key}", found, expectation(first["msg"])) from None


def _without_choices(location: Sequence[int | str], content: Any) -> tuple[list[str], str | None]:
    """The keys that lead to a place in `content`, and the kind of section that it lies in, if there are several.

    Pydantic names the kind that was chosen among the keys, where no key is.
    """
    keys: list[str] = []
    choice, chosen, value = None, None, content
    for step in location:
        if isinstance(value, Mapping) and value is not chosen and step in map(value.get, _CHOOSERS):
            choice, chosen = str(step), value
            continue
        keys.append(str(step))
        inside = isinstance(value, Mapping) or (isinstance(value, Sequence) and isinstance(step, int))
        try:
            value = value[step] if inside else None
        except (KeyError, IndexError):
            value = None
    return keys, choice


def _look_up(table: Mapping[str, T], name: str, section: str) -> T:
    if name not in table:
        raise InputError(f"params.yaml, {section}", repr(name), f"one of {', '.join(table)}")
    return table[name]
