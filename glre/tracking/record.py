"""A run's id in a small file, by which a later process finds the run again."""

import json
from pathlib import Path

from glre.errors import InputError
from glre.files import written_whole


def write_run_id(run_id: str, path: Path) -> None:
    """Write the id as JSON, whole or not at all."""
    with written_whole(path) as temporary:
        temporary.write_text(json.dumps({"run_id": run_id}) + "\n", encoding="utf-8")


def read_run_id(path: Path) -> str | None:
    """The id that `write_run_id` wrote; None where there is no such file, InputError where it says something else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (json.JSONDecodeError, UnicodeDecodeError):
        content = None
    if isinstance(content, dict) and isinstance(run_id := content.get("run_id"), str):
        return run_id
    raise InputError(str(path), "something else than a run id", 'a JSON object such as {"run_id": "0a1b…"}')
