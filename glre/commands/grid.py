"""Brings the files that DVC reads up to date with params.yaml. Not a DVC stage: DVC couldn't start without them."""

from glre.counted import counted
from glre.grid.derived import write_derived
from glre.grid.params import read_settings


def run() -> None:
    """Write what is behind, and say so; InputError where params.yaml or dvc.yaml are not what they should be."""
    settings = read_settings()
    for path in (behind := write_derived(settings)):
        print(f"{path}: written")
    found = (
        counted(len(settings.grid.points), "point"),
        counted(len(settings.grid.features), "set of features", "sets of features"),
        counted(len(settings.reports), "report"),
    )
    print(f"{', '.join(found)}{'' if behind else ': up to date'}")
