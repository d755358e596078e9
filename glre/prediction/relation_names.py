"""Relations in words, where the settings of the model's dataset are at hand."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from glre.errors import InputError
from glre.grid.params import read_settings


def relation_names(dataset: str) -> Mapping[str, str]:
    """What params.yaml of the current folder calls the relations of `dataset`; nothing where it says nothing of it.

    A model can be asked from any folder, and DVC's other users have a params.yaml too: one that is not ours says
    nothing.
    """
    with suppress(InputError):
        found = read_settings(Path("params.yaml")).datasets.get(dataset)
        return {} if found is None else found.relation_names
    return {}
