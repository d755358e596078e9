"""A trained model by what people call it: its folder."""

import json
from pathlib import Path

from glre import paths
from glre.errors import InputError
from glre.tracking import fetch_model, is_reference

EXPECTED = (
    "a model's folder (models/<dataset>/<experiment>/seed-<n>), that of its seeds or of its results, "
    "or a model in MLflow (models:/glre-cdr@champion)"
)


def find_model(reference: str) -> Path:
    """The folder that `glre train` wrote for one seed; of several seeds that with the best dev F1.

    `reference` is such a folder, that of several seeds, that of results beside `models/`, or a model in MLflow's
    store. InputError where it is none of them.
    """
    folder = Path(reference)
    if folder.is_dir():
        return _of_folder(folder)
    if not folder.exists() and is_reference(reference):
        return fetch_model(reference)
    raise InputError(reference, "a file" if folder.exists() else "no such folder", EXPECTED)


def _of_folder(folder: Path) -> Path:
    if (folder / "settings.json").is_file():
        return folder
    place = folder
    if (folder / "metrics.json").is_file() or (folder / "train_run.json").is_file():
        results = folder.resolve()
        place = results.parents[2] / paths.models(results.parent.name, results.name)
    seeds = sorted(place.glob("seed-*/settings.json"))
    if not seeds:
        raise InputError(str(place), "no trained model", EXPECTED)
    return max(seeds, key=_dev_f1).parent


def _dev_f1(settings: Path) -> float:
    try:
        return float(json.loads(settings.read_bytes())["dev_f1"])
    except (ValueError, KeyError, TypeError):
        raise InputError(str(settings), "no settings of a model", "what `glre train` wrote") from None
