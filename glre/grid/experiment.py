"""The settings of one point of the grid, overrides applied."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from glre.settings import FineTuning, Section, Training
from glre.systems.registry import SYSTEMS
from glre.systems.settings import SystemSettings


class _BySystem:
    """Tells the settings of registered systems apart by their key `system`.

    Pydantic's own discriminated union asks for two types or more, and has to be written out.
    """

    def __get_pydantic_core_schema__(self, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        choices = {name: handler.generate_schema(registered.settings) for name, registered in SYSTEMS.items()}
        return core_schema.tagged_union_schema(choices, discriminator="system")


AnySystem = Annotated[SystemSettings, _BySystem()]
"""Settings of any registered system."""


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
