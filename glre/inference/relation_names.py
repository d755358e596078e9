"""Relations in words, where the settings of the model's dataset are at hand."""

from collections.abc import Mapping
from pathlib import Path

from glre.settings import read_settings


def relation_names(dataset: str) -> Mapping[str, str]:
    """What params.yaml of the current folder calls the relations of `dataset`; nothing where it says nothing of it."""
    path = Path("params.yaml")
    if not path.is_file():
        return {}
    return {name: own.relation_names for name, own in read_settings(path).datasets.items()}.get(dataset, {})
