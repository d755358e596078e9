"""The systems that can be trained, by the name that params.yaml calls them by."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from glre.systems.biaffine.settings import BiaffineSettings
from glre.systems.bran.settings import BRANSettings
from glre.systems.eog.settings import EOGSettings
from glre.systems.glre.settings import GLRESettings
from glre.systems.system import SystemSettings
from glre.systems.two_step.settings import TwoStepSettings
from glre.systems.yao.settings import YaoSettings

if TYPE_CHECKING:
    from glre.systems.network import AnyNetwork


@dataclass(frozen=True, slots=True)
class Registered:
    """A system: the type of its settings, and where its network is, `module:class`.

    The network is named and not imported: settings are read by commands that need no torch, which takes seconds.
    """

    settings: type[SystemSettings]
    network: str


SYSTEMS: dict[str, Registered] = {
    "glre": Registered(GLRESettings, "glre.systems.glre.glre:GLRE"),
    "biaffine": Registered(BiaffineSettings, "glre.systems.biaffine.biaffine:Biaffine"),
    "bran": Registered(BRANSettings, "glre.systems.bran.bran:BRAN"),
    "eog": Registered(EOGSettings, "glre.systems.eog.eog:EOG"),
    "two_step": Registered(TwoStepSettings, "glre.systems.two_step.two_step:TwoStep"),
    "yao": Registered(YaoSettings, "glre.systems.yao.yao:Yao"),
}


def network_type(system: str) -> "type[AnyNetwork]":
    """The network of the system called so."""
    module, _, name = SYSTEMS[system].network.partition(":")
    found: type[AnyNetwork] = getattr(import_module(module), name)
    return found


class _BySystem:
    """Tells the settings of registered systems apart by their key `system`.

    Pydantic's own discriminated union asks for two types or more, and has to be written out.
    """

    def __get_pydantic_core_schema__(self, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        choices = {name: handler.generate_schema(registered.settings) for name, registered in SYSTEMS.items()}
        return core_schema.tagged_union_schema(choices, discriminator="system")


AnySystem = Annotated[SystemSettings, _BySystem()]
"""Settings of any registered system."""
