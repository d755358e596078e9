"""The repository's settings with a part of the sample corpus and a model that trains in seconds."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
EPOCHS = 3
DOCUMENTS = {"train": 24, "dev": 12, "test": 12}


def small_settings() -> dict[str, Any]:
    """The content of a params.yaml."""
    settings: dict[str, Any] = yaml.load((ROOT / "params.yaml").read_bytes(), Loader=_Loader)
    settings["datasets"] = {"sample": settings["datasets"]["sample"]}
    for listed in settings["experiments"].values():
        if listed["datasets"] != "all":
            listed["datasets"] = [dataset for dataset in listed["datasets"] if dataset == "sample"]
        listed["settings"].get("training", {}).pop("seeds", None)
    of_tables = {
        name: [point for point in table if point.startswith("sample-")] for name, table in settings["tables"].items()
    }
    settings["tables"] = {name: table for name, table in of_tables.items() if table}
    settings["reports"] = {"sample": settings["reports"]["sample"] | {"points": ["sample-glre"]}}
    sample = settings["datasets"]["sample"]
    for split, stop in DOCUMENTS.items():
        sample["splits"][split] = [{"file": f"{split}.PubTator.txt", "stop": stop}]
    sample["settings"] = {}
    settings["defaults"]["model"] |= {"hidden": 32, "lstm": 16, "rgcn_layers": 2}
    settings["defaults"]["training"] |= {
        "seeds": [1],
        "epochs": EPOCHS,
        "patience": EPOCHS,
        "learning_rate": 2.0e-3,
        "batch_size": 4,
    }
    return settings


def write_settings(settings: dict[str, Any], folder: Path) -> None:
    """Write them as the folder's params.yaml."""
    (folder / "params.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
