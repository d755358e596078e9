"""Hashes of a stage's inputs: from dvc.lock where it has them, else computed as DVC computes them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from glre.errors import InputError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Output:
    """A stage's output as dvc.lock has it: its md5 (ending in `.dir` for a folder) and size in bytes."""

    md5: str
    size: int


def read_outputs(root: Path) -> dict[str, Output]:
    """Outputs of all stages by path relative to `root`; none without dvc.lock, InputError on a broken one."""
    path = root / "dvc.lock"
    try:
        lock = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader) or {}
        outputs = [out for stage in lock.get("stages", {}).values() for out in stage.get("outs", ())]
        return {out["path"]: Output(out["md5"], out["size"]) for out in outputs if "md5" in out}
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError, TypeError, KeyError) as error:
        raise InputError(str(path), " ".join(str(error).split()), "the file that `dvc repro` writes") from None


def relative_name(path: Path, root: Path) -> str:
    """The path as dvc.lock would have it: relative to `root` with forward slashes, absolute outside of it."""
    absolute = Path.cwd() / path
    resolved = absolute.parent.resolve() / absolute.name
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else resolved.as_posix()


def hash_inputs(inputs: Iterable[Path], root: Path, outputs: Mapping[str, Output]) -> dict[str, str]:
    """The md5 of each input by its name; InputError where one is missing."""
    return {relative_name(path, root): _hash(path, outputs.get(relative_name(path, root))) for path in inputs}


def _hash(path: Path, locked: Output | None) -> str:
    if not path.exists():
        raise InputError(str(path), "nothing", "an input of the stage")
    # A stage run by hand can leave an output that differs from the lock: the size shows most of those cheaply.
    if locked and locked.size == sum(file.stat().st_size for file in _files(path)):
        return locked.md5
    if path.is_file():
        return _md5(path)
    entries = [{"md5": _md5(file), "relpath": file.relative_to(path).as_posix()} for file in _files(path)]
    entries.sort(key=lambda entry: entry["relpath"])
    return hashlib.md5(json.dumps(entries, sort_keys=True).encode(), usedforsecurity=False).hexdigest() + ".dir"


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]


def _md5(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
