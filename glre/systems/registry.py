"""The systems that can be trained, by the name that params.yaml calls them by."""

from dataclasses import dataclass

from glre.systems.glre.settings import GLRESettings
from glre.systems.settings import SystemSettings


@dataclass(frozen=True, slots=True)
class Registered:
    """A system: the type of its settings, and where its network is, `module:class`.

    The network is named and not imported: settings are read by commands that need no torch, which takes seconds.
    """

    settings: type[SystemSettings]
    network: str


SYSTEMS: dict[str, Registered] = {
    "glre": Registered(GLRESettings, "glre.systems.glre.glre:GLRE"),
}
