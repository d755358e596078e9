"""The settings of one point of the grid, overrides applied."""

from collections.abc import Mapping
from typing import Any

from glre.settings import FineTuning, Section, Training
from glre.systems.registry import AnySystem


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
