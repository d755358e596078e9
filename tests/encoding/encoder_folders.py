"""Changes to the folder of an encoder."""

import json
import shutil
from pathlib import Path


def copied(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target)
    return target


def other_config(folder: Path, **changes: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def no_tokenizer(folder: Path) -> None:
    for file in folder.glob("tokenizer*"):
        file.unlink()
