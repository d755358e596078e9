"""Experiments: as params.yaml lists them, and the settings of one on a dataset, overrides applied."""

from collections.abc import Mapping
from typing import Any, Literal

from glre.settings import FineTuning, Name, Section, Training
from glre.systems.registry import AnySystem


class ListedExperiment(Section):
    """An experiment's entry: the datasets that it runs on, and what it overrides in `defaults` and their settings."""

    datasets: Literal["all"] | tuple[Name, ...]
    settings: dict[str, Any]

    def runs_on(self, dataset: str) -> bool:
        """Whether it makes a point with the dataset."""
        return self.datasets == "all" or dataset in self.datasets


class Experiment(Section):
    """What is trained: a system on the words of an encoder, frozen or, with `fine_tuning`, trained with it."""

    encoder: str
    fine_tuning: FineTuning | None = None
    model: AnySystem
    training: Training


def merged(base: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with overrides, key by key; those of another system take the place of the ones below as a whole."""
    found = dict(base)
    for key, value in overrides.items():
        below = found.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping) and not _another_system(below, value):
            found[key] = merged(below, value)
        else:
            found[key] = value
    return found


def _another_system(base: Mapping[str, Any], overrides: Mapping[str, Any]) -> bool:
    return "system" in overrides and overrides["system"] != base.get("system")
