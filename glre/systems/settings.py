"""What the settings of every system have in common."""

from glre.settings import Section


class SystemSettings(Section):
    """Settings of one system; `system` is its name in the registry, a literal in each subclass."""

    system: str
